using System.IO.Compression;
using System.Text;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Upstream;

public sealed class UpstreamBodyTests
{
    private const string Text = "{\"choices\":[]}";

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task ReadAsync_AnyKnownEncoding_IsDecoded(string? encoding)
    {
        using var response = Response(Encoded(encoding), encoding);
        using var body = await UpstreamBody.ReadAsync(response, 1000, CancellationToken.None);
        Assert.Equal(Text, Encoding.UTF8.GetString(body.Span));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    public async Task ReadAsync_UnknownEncoding_IsABadReply(string encoding)
    {
        using var response = Response(Encoding.UTF8.GetBytes(Text), encoding);
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(async () => await UpstreamBody.ReadAsync(response, 1000, CancellationToken.None));
        Assert.True(UpstreamErrors.IsBroken(thrown));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    public async Task ReadAsync_Limit_HoldsForWhatIsDecoded(string? encoding)
    {
        using var fits = Response(Encoded(encoding), encoding);
        using var body = await UpstreamBody.ReadAsync(fits, Text.Length, CancellationToken.None);
        Assert.Equal(Text.Length, body.Length);
        using var longer = Response(Encoded(encoding), encoding);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await UpstreamBody.ReadAsync(longer, Text.Length - 1, CancellationToken.None));
    }

    private static HttpResponseMessage Response(byte[] body, string? encoding)
    {
        var response = new HttpResponseMessage { Content = new ByteArrayContent(body) };
        if (encoding is not null)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }
        return response;
    }

    private static byte[] Encoded(string? encoding)
    {
        var bytes = new MemoryStream();
        using (Stream stream = encoding?.ToUpperInvariant() switch
        {
            "GZIP" => new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true),
            "BR" => new BrotliStream(bytes, CompressionMode.Compress, leaveOpen: true),
            "DEFLATE" => new ZLibStream(bytes, CompressionMode.Compress, leaveOpen: true),
            _ => new BufferedStream(bytes, 1),
        })
        {
            stream.Write(Encoding.UTF8.GetBytes(Text));
            stream.Flush();
            return encoding is null or "identity" ? bytes.ToArray() : Finished(stream, bytes);
        }
    }

    private static byte[] Finished(Stream stream, MemoryStream bytes)
    {
        stream.Dispose();
        return bytes.ToArray();
    }
}
