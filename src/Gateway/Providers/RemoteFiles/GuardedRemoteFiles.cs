using System.Net;
using Tollgate.Errors;

namespace Tollgate.Providers.RemoteFiles;

/// <summary>
/// Fetches files over https from public addresses only. Names are resolved here and the connection goes to the very address that
/// was checked, so a name that changes its address between check and use gains nothing. Each redirect is checked as the first URL.
/// No proxy, cookies or credentials. Thread-safe. Guidance: https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html.
/// </summary>
internal sealed class GuardedRemoteFiles : IRemoteFiles, IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly RemoteFileLimits limits;
    private readonly RemoteFileNetwork network;
    private readonly TimeProvider time;
    private readonly HttpMessageInvoker http;

    public GuardedRemoteFiles(TimeProvider time)
        : this(new RemoteFileLimits(), new RemoteFileNetwork(), time)
    {
    }

    internal GuardedRemoteFiles(RemoteFileLimits limits, RemoteFileNetwork network, TimeProvider time)
    {
        this.limits = limits;
        this.network = network;
        this.time = time;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = network.ValidateCertificate;
        http = new HttpMessageInvoker(handler);
    }

    public async ValueTask<RemoteFile> FetchAsync(string url, string param, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limits.Time, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await FollowAsync(url, param, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused(param, "took too long");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw Refused(param, Reason(failed));
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<RemoteFile> FollowAsync(string url, string param, CancellationToken cancellationToken)
    {
        var at = Checked(Uri.TryCreate(url, UriKind.Absolute, out var first) ? first : null, param);
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return await ReadAsync(response.Content, param, cancellationToken);
            }
            if (!IsRedirect(response.StatusCode))
            {
                throw Refused(param, $"answered with status {(int)response.StatusCode}");
            }
            if (redirects == limits.Redirects)
            {
                throw Refused(param, "redirects too often");
            }
            at = Checked(Uri.TryCreate(at, response.Headers.Location, out var next) ? next : null, param);
        }
    }

    private Uri Checked(Uri? url, string param)
    {
        if (url is null || url.Scheme != Uri.UriSchemeHttps)
        {
            throw Refused(param, "is no https URL");
        }
        if (url.UserInfo.Length > 0)
        {
            throw Refused(param, "holds credentials");
        }
        return limits.Ports.Contains(url.Port) ? url : throw Refused(param, "names a port that is not allowed");
    }

    private async Task<RemoteFile> ReadAsync(HttpContent content, string param, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limits.MostBytes)
        {
            throw TooLarge(param);
        }
        using var file = new MemoryStream((int)(content.Headers.ContentLength ?? 0));
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var block = new byte[BlockBytes];
        int count;
        while ((count = await body.ReadAsync(block, cancellationToken)) > 0)
        {
            if (file.Length + count > limits.MostBytes)
            {
                throw TooLarge(param);
            }
            file.Write(block, 0, count);
        }
        var bytes = file.GetBuffer().AsMemory(0, (int)file.Length);
        var type = MediaSignature.Confirm(content.Headers.ContentType?.MediaType, bytes.Span) ?? throw Refused(param, "is not the image, sound, video or PDF it is said to be");
        return new RemoteFile(type, bytes);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = Array.FindAll(await network.Resolve(context.DnsEndPoint.Host, cancellationToken), PublicAddresses.Contain);
        Exception failed = new NotPublicException();
        foreach (var address in addresses)
        {
            try
            {
                return await network.Connect(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken);
            }
            catch (Exception unreachable) when (unreachable is not OperationCanceledException)
            {
                failed = unreachable;
            }
        }
        throw failed;
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static string Reason(Exception failed) => failed.GetBaseException() is NotPublicException ? "does not lie on a public address" : "cannot be reached";

    private static CallerErrorException TooLarge(string param) => Refused(param, "is too large");

    /// <summary>The URL is not repeated: it is the caller's content.</summary>
    private static CallerErrorException Refused(string param, string why) =>
        CallerErrorException.Invalid($"The file named by '{param}' {why}.", param, "invalid_file_url");

    private sealed class NotPublicException : IOException;
}
