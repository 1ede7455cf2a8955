using System.IO.Compression;
using Tollgate.Streaming;

namespace Tollgate.Upstream;

/// <summary>Reading an upstream's answer.</summary>
internal static class UpstreamBody
{
    /// <summary>The answer's bytes; decoded where the upstream compressed them though it was not asked to.</summary>
    /// <exception cref="InvalidDataException">An encoding nobody asked for and nobody knows.</exception>
    public static async ValueTask<Stream> OpenAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var encoding = response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var named) ? named.ToString() : "";
        return encoding.ToUpperInvariant() switch
        {
            "IDENTITY" or "" => stream,
            "GZIP" => new GZipStream(stream, CompressionMode.Decompress),
            "BR" => new BrotliStream(stream, CompressionMode.Decompress),
            "DEFLATE" => new ZLibStream(stream, CompressionMode.Decompress),
            _ => throw new InvalidDataException("The upstream's answer has an unknown encoding."),
        };
    }

    /// <summary>Reads a whole answer.</summary>
    /// <exception cref="InvalidDataException">Longer than <paramref name="limit"/> bytes.</exception>
    /// <exception cref="HttpRequestException">Cut before its end.</exception>
    public static async ValueTask<PooledBuffer> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(response, cancellationToken);
        var body = new PooledBuffer((int)Math.Min(response.Content.Headers.ContentLength + 1 ?? 4096, limit));
        try
        {
            int count;
            while ((count = await stream.ReadAsync(body.GetMemory(), cancellationToken)) > 0)
            {
                body.Advance(count);
                if (body.Length > limit)
                {
                    throw new InvalidDataException("The upstream's answer is longer than the limit.");
                }
            }
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }
}
