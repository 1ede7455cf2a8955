using Microsoft.AspNetCore.Http;

namespace Tollgate.Simulator.Exchanges;

/// <summary>Takes requests off the wire and down in the log's form.</summary>
internal static class RequestReader
{
    /// <summary>The whole body.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, RecordedRequest.KeptBodyBytes));
        await request.Body.CopyToAsync(buffer, ct);
        return buffer.ToArray();
    }

    /// <summary>What the log keeps of the request.</summary>
    public static RecordedRequest Record(
        HttpRequest request, ReadOnlyMemory<byte> body, string model, DateTimeOffset time, Action<RecordedRequest> changed) => new(changed)
        {
            Method = request.Method,
            Path = request.Path.Value ?? "",
            Query = request.QueryString.Value ?? "",
            Headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            // A copy, so that a kept megabyte does not hold on to a body of many.
            Body = body.Length > RecordedRequest.KeptBodyBytes ? body[..RecordedRequest.KeptBodyBytes].ToArray() : body,
            BodyLength = body.Length,
            Model = model,
            Time = time,
        };
}
