using Tollgate.Errors;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Gateway.Tests.Providers.RemoteFiles;

public sealed class ImageAddressTests
{
    [Theory]
    [InlineData("https://example.com/a.png")]
    [InlineData("http://example.com:8080/a.png?x=1")]
    [InlineData("https://93.184.215.14/a.png")]
    [InlineData("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a.png")]
    [InlineData("https://internal.example.com/")]
    [InlineData("https://example.com./")]
    [InlineData("https://bücher.example/")]
    public void Check_PublicAddress_Passes(string url) => ImageAddress.Check(url, "p");

    [Theory]
    [InlineData("")]
    [InlineData("a.png")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/a.png")]
    [InlineData("gopher://example.com/")]
    [InlineData("javascript:alert(1)")]
    public void Check_NoHttpUrl_IsRefused(string url) => Assert.Contains("https URL", Refused(url).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST:8080/")]
    [InlineData("http://localhost./")]
    [InlineData("http://tollgate.localhost/")]
    [InlineData("http://redis/")]
    [InlineData("http://metadata.google.internal/")]
    [InlineData("http://metadata.google.internal./")]
    [InlineData("http://printer.local/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://172.16.0.1/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://169。254.169.254/latest/meta-data")]
    [InlineData("http://168.63.129.16/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fd00::1]/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    public void Check_PrivateAddress_IsRefused(string url)
    {
        var thrown = Refused(url);
        Assert.Equal((400, "messages[0].content[1].image_url.url", "invalid_image_url"), (thrown.Status, thrown.Param, thrown.Code));
        Assert.Contains("private", thrown.Message, StringComparison.Ordinal);
    }

    private static CallerErrorException Refused(string url) =>
        Assert.Throws<CallerErrorException>(() => ImageAddress.Check(url, "messages[0].content[1].image_url.url"));
}
