using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Scenarios;

namespace Tollgate.Simulator.Exchanges;

/// <summary>Sends a reply's bytes, each write at once, in the pieces and the coding the scenario asks for.</summary>
internal sealed class ReplySink : IAsyncDisposable
{
    private const int TinyPiece = 7;

    private readonly Stream body;
    private readonly Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut;

    private ReplySink(Stream body, Func<ReadOnlyMemory<byte>, IEnumerable<ReadOnlyMemory<byte>>> cut)
    {
        this.body = body;
        this.cut = cut;
    }

    /// <summary>Sends the headers. <paramref name="length"/> is dropped if the coding changes it.</summary>
    public static async Task<ReplySink> OpenAsync(HttpResponse response, Scenario scenario, string contentType, long? length, CancellationToken ct)
    {
        response.ContentType = contentType;
        var gzip = scenario.Has(Knob.Gzip);
        if (gzip)
            response.Headers.ContentEncoding = "gzip";
        else
            response.ContentLength = length;
        await response.StartAsync(ct);
        await response.Body.FlushAsync(ct);
        return new ReplySink(
            gzip ? new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true) : response.Body,
            scenario.Has(Knob.TinyPieces) ? Tiny : scenario.Has(Knob.MultiByte) ? InsideCharacters : Whole);
    }

    public Task WriteAsync(string text, CancellationToken ct) => WriteAsync(Encoding.UTF8.GetBytes(text), ct);

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        foreach (var piece in cut(bytes))
        {
            await body.WriteAsync(piece, ct);
            await body.FlushAsync(ct);
        }
    }

    public ValueTask DisposeAsync() => body is GZipStream ? body.DisposeAsync() : ValueTask.CompletedTask;

    private static IEnumerable<ReadOnlyMemory<byte>> Whole(ReadOnlyMemory<byte> bytes) => [bytes];

    private static IEnumerable<ReadOnlyMemory<byte>> Tiny(ReadOnlyMemory<byte> bytes)
    {
        for (var (start, size) = (0, 1); start < bytes.Length; start += size, size = (size % TinyPiece) + 1)
            yield return bytes.Slice(start, Math.Min(size, bytes.Length - start));
    }

    // A piece ends behind the lead byte of each character of several bytes.
    private static IEnumerable<ReadOnlyMemory<byte>> InsideCharacters(ReadOnlyMemory<byte> bytes)
    {
        var start = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes.Span[i] < 0xC0)
                continue;
            yield return bytes[start..(i + 1)];
            start = i + 1;
        }

        yield return bytes[start..];
    }
}
