using System.Text;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Gateway.Tests.Providers.RemoteFiles;

public sealed class MediaSignatureTests
{
    private const string Jpeg = "\u00FF\u00D8\u00FF\u00E0";
    private const string Png = "\u0089PNG\r\n\u001A\n";

    [Theory]
    [InlineData("image/png", Png, "image/png")]
    [InlineData("image/jpg", Jpeg, "image/jpeg")]
    [InlineData("IMAGE/JPEG", Jpeg, "image/jpeg")]
    [InlineData("image/gif", "GIF89a", "image/gif")]
    [InlineData("image/webp", "RIFF1234WEBP", "image/webp")]
    [InlineData("application/pdf", "%PDF-1.7", "application/pdf")]
    [InlineData(null, Png, "image/png")]
    [InlineData("application/octet-stream", "%PDF-1.7", "application/pdf")]
    [InlineData("audio/wav", "RIFF1234WAVE", "audio/wav")]
    [InlineData("image/heic", "....ftypheic", "image/heic")]
    [InlineData("image/jpeg", Png, null)]
    [InlineData("image/png", "<html>not found</html>", null)]
    [InlineData("audio/wav", Png, null)]
    [InlineData("text/html", "<html></html>", null)]
    [InlineData("text/html", Png, null)]
    [InlineData("application/json", "{}", null)]
    [InlineData(null, "who knows", null)]
    [InlineData("image/png", "", null)]
    [InlineData("image/webp", "RIFF", null)]
    public void Confirm_DeclaredTypeAndBytes_AgreeOrAreRefused(string? declared, string bytes, string? expected) =>
        Assert.Equal(expected, MediaSignature.Confirm(declared, Encoding.Latin1.GetBytes(bytes)));
}
