using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Errors;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Gateway.Tests.Providers.RemoteFiles;

public sealed class GuardedRemoteFilesTests : IClassFixture<FileServer>, IDisposable
{
    private const string Param = "messages[0].content[0].image_url.url";
    private static readonly IPAddress Public = IPAddress.Parse("93.184.215.14");

    private readonly FileServer server;
    private readonly GuardedRemoteFiles files;
    private readonly FakeTimeProvider time = new();
    private readonly List<IPEndPoint> dialled = [];
    private readonly Dictionary<string, IPAddress[]> names = new()
    {
        ["files.example"] = [IPAddress.Parse("10.0.0.9"), Public],
        ["inside.example"] = [IPAddress.Parse("10.0.0.9"), IPAddress.Parse("::1")],
        ["metadata.example"] = [IPAddress.Parse("169.254.169.254")],
    };

    public GuardedRemoteFilesTests(FileServer server)
    {
        this.server = server;
        files = Guard(trust: true);
    }

    public void Dispose() => files.Dispose();

    [Fact]
    public async Task FetchAsync_PublicFile_ComesFromTheAddressThatWasChecked()
    {
        var file = await files.FetchAsync("https://files.example/ok", Param, CancellationToken.None);
        Assert.Equal("image/png", file.MediaType);
        Assert.Equal(FileServer.Png, file.Bytes.ToArray());
        Assert.Equal([new IPEndPoint(Public, 443)], dialled);
    }

    [Theory]
    [InlineData("https://inside.example/ok")]
    [InlineData("https://metadata.example/latest")]
    [InlineData("https://127.0.0.1/ok")]
    [InlineData("https://[::1]/ok")]
    [InlineData("https://[::ffff:10.0.0.1]/ok")]
    [InlineData("https://2130706433/ok")]
    public async Task FetchAsync_AddressNotPublic_IsRefusedWithoutAConnection(string url)
    {
        await RefusedAsync(url, "does not lie on a public address");
        Assert.Empty(dialled);
    }

    [Theory]
    [InlineData("http://files.example/ok", "is no https URL")]
    [InlineData("ftp://files.example/ok", "is no https URL")]
    [InlineData("file:///etc/passwd", "is no https URL")]
    [InlineData("not a url", "is no https URL")]
    [InlineData("https://user:secret@files.example/ok", "holds credentials")]
    [InlineData("https://files.example:8443/ok", "names a port that is not allowed")]
    public async Task FetchAsync_UrlNotAllowed_IsRefusedWithoutAConnection(string url, string why)
    {
        await RefusedAsync(url, why);
        Assert.Empty(dialled);
    }

    [Fact]
    public async Task FetchAsync_ThreeRedirects_AreFollowed()
    {
        var file = await files.FetchAsync("https://files.example/redirect/3", Param, CancellationToken.None);
        Assert.Equal("image/png", file.MediaType);
    }

    [Theory]
    [InlineData("redirect/4", "redirects too often")]
    [InlineData("to-inside", "does not lie on a public address")]
    [InlineData("to-plain", "is no https URL")]
    [InlineData("to-nowhere", "is no https URL")]
    [InlineData("to-port", "names a port that is not allowed")]
    [InlineData("missing", "answered with status 404")]
    [InlineData("large", "is too large")]
    [InlineData("large-unannounced", "is too large")]
    [InlineData("page", "is not the image, sound, video or PDF it is said to be")]
    [InlineData("empty", "is not the image, sound, video or PDF it is said to be")]
    [InlineData("cut", "cannot be reached")]
    public Task FetchAsync_AnswerNotAllowed_IsRefused(string path, string why) => RefusedAsync("https://files.example/" + path, why);

    [Theory]
    [InlineData("stall")]
    [InlineData("stall-in-body")]
    public async Task FetchAsync_SlowServer_IsGivenUpAfterTheTime(string path)
    {
        var fetch = RefusedAsync("https://files.example/" + path, "took too long");
        await server.Stalled.WaitAsync();
        time.Advance(TimeSpan.FromSeconds(11));
        await fetch;
    }

    [Fact]
    public async Task FetchAsync_CallEnds_IsCancelled()
    {
        using var call = new CancellationTokenSource();
        var fetch = files.FetchAsync("https://files.example/stall", Param, call.Token).AsTask();
        await server.Stalled.WaitAsync();
        await call.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
    }

    [Fact]
    public async Task FetchAsync_UntrustedCertificate_IsRefused()
    {
        using var strict = Guard(trust: false);
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(async () => await strict.FetchAsync("https://files.example/ok", Param, CancellationToken.None));
        Assert.Contains("cannot be reached", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_RealResolver_LocalhostIsRefused()
    {
        using var real = new GuardedRemoteFiles(TimeProvider.System);
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(async () => await real.FetchAsync("https://localhost/ok", Param, CancellationToken.None));
        Assert.Contains("does not lie on a public address", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_UnknownName_IsRefused() => await RefusedAsync("https://unknown.example/ok", "cannot be reached");

    [Fact]
    public async Task FetchAsync_CookiesOfOneAnswer_AreNotSentWithTheNext()
    {
        await files.FetchAsync("https://files.example/cookie", Param, CancellationToken.None);
        await files.FetchAsync("https://files.example/cookie", Param, CancellationToken.None);
    }

    private async Task RefusedAsync(string url, string why)
    {
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(async () => await files.FetchAsync(url, Param, CancellationToken.None));
        Assert.Equal((400, Param), (thrown.Status, thrown.Param));
        Assert.Contains(why, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("example", thrown.Message, StringComparison.Ordinal);
    }

    private GuardedRemoteFiles Guard(bool trust) => new(
        new RemoteFileLimits { MostBytes = FileServer.Limit },
        new RemoteFileNetwork
        {
            Resolve = (host, _) => names.TryGetValue(host, out var known) ? Task.FromResult(known)
                : IPAddress.TryParse(host, out var literal) ? Task.FromResult<IPAddress[]>([literal])
                : throw new SocketException((int)SocketError.HostNotFound),
            Connect = ConnectAsync,
            ValidateCertificate = trust ? (_, shown, _, _) => server.Certificate.Equals(shown) : null,
        },
        time);

    private async ValueTask<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        dialled.Add(address);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
