using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Http;
using Tollgate.Gateway.Tests.Providers;
using Tollgate.Secrets;

namespace Tollgate.Gateway.Tests.Secrets;

/// <summary>
/// Speaks the wire of a Key Vault over HTTPS: the challenge, versions, and its errors. The real client asks it.
/// Sources: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret, https://learn.microsoft.com/azure/key-vault/general/rest-error-codes.
/// </summary>
internal sealed class VaultServer : IAsyncDisposable
{
    /// <summary>Longest wait for anything that should come at once.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Stands in every error's text, which is nobody's business.</summary>
    public const string Inside = "appid=0b0b;oid=0c0c;iss=https://sts.windows.net/0d0d/";

    private static readonly X509Certificate2 Certificate = SelfSigned();

    private readonly ConcurrentDictionary<string, IReadOnlyList<Version>> secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<string> reads = [];
    private readonly SemaphoreSlim released = new(0);
    private static int Started;

    private LoopbackServer? server;
    private int challenges;

    private VaultServer()
    {
    }

    public enum Mood
    {
        Well,
        Throttled,
        Broken,
        Unavailable,
        ForbidsByRole,
        ForbidsByFirewall,
        Distrusts,
        Hangs,
        AsksForALongWait,
    }

    public Uri Address { get; private set; } = null!;

    public volatile Mood Is;

    /// <summary>Names of the secrets asked for with a token, in order, and with every retry.</summary>
    public IReadOnlyList<string> Reads => [.. reads];

    public int Challenges => Volatile.Read(ref challenges);

    public static async Task<VaultServer> StartAsync()
    {
        var vault = new VaultServer();
        vault.server = await LoopbackServer.StartAsync(vault.AnswerAsync, Certificate);
        // A name of its own: the client's library remembers challenges by authority, and ports come round again.
        vault.Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://vault-{Interlocked.Increment(ref Started)}.localhost:{vault.server.Port}/"));
        return vault;
    }

    /// <summary>Adds a version, which is the newest from now on.</summary>
    public void Put(string name, string value, DateTimeOffset? expires = null, bool isEnabled = true) =>
        secrets.AddOrUpdate(name, _ => [new(value, expires, isEnabled)], (_, older) => [.. older, new(value, expires, isEnabled)]);

    public void Delete(string name) => secrets.TryRemove(name, out _);

    public int ReadsOf(string name) => reads.Count(read => read == name);

    /// <summary>Waits until a secret has been asked for so often.</summary>
    public Task WaitForReadsAsync(string name, int count) => Until.TrueAsync(() => ReadsOf(name) >= count);

    /// <summary>Lets one hanging answer go on.</summary>
    public void Release() => released.Release();

    /// <summary>The real client. It trusts this server's certificate, takes a challenge that names Azure's public vaults, and pauses no longer than it must.</summary>
    public VaultClient Client(TokenCredential? identity = null) => ClientOf(Address, identity);

    public static VaultClient ClientOf(Uri address, TokenCredential? identity = null) => new(address, identity ?? new HostIdentity(), options =>
    {
        options.Transport = new HttpClientTransport(new SocketsHttpHandler
        {
            ConnectCallback = static async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == Certificate.GetCertHashString() },
        });
        options.DisableChallengeResourceVerification = true;
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(2);
    });

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Headers.Authorization != $"Bearer {HostIdentity.Token}")
        {
            Interlocked.Increment(ref challenges);
            http.Response.Headers.WWWAuthenticate = """Bearer authorization="https://login.windows.net/72f988bf", resource="https://vault.azure.net" """;
            await FailAsync(http, 401, "Unauthorized");
            return;
        }
        if (http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries) is not ["secrets", var name] || !http.Request.Query.ContainsKey("api-version") || http.Request.Method != "GET")
        {
            await FailAsync(http, 404, "NotFound");
            return;
        }
        reads.Enqueue(name);
        switch (Is)
        {
            case Mood.Throttled:
                http.Response.Headers.RetryAfter = "0";
                await FailAsync(http, 429, "Throttled");
                break;
            case Mood.AsksForALongWait:
                http.Response.Headers.RetryAfter = "3600";
                await FailAsync(http, 429, "Throttled");
                break;
            case Mood.Broken:
                await FailAsync(http, 500, "InternalServerError");
                break;
            case Mood.Unavailable:
                await FailAsync(http, 503, "ServiceUnavailable");
                break;
            case Mood.ForbidsByRole:
                await FailAsync(http, 403, "Forbidden", "ForbiddenByRbac");
                break;
            case Mood.ForbidsByFirewall:
                await FailAsync(http, 403, "Forbidden", "ForbiddenByFirewall");
                break;
            case Mood.Distrusts:
                await FailAsync(http, 401, "Unauthorized");
                break;
            case Mood.Hangs:
                await released.WaitAsync(http.RequestAborted);
                await GiveAsync(http, name);
                break;
            default:
                await GiveAsync(http, name);
                break;
        }
    }

    private async Task GiveAsync(HttpContext http, string name)
    {
        if (!secrets.TryGetValue(name, out var versions))
        {
            await FailAsync(http, 404, "SecretNotFound");
            return;
        }
        var newest = versions[^1];
        if (!newest.IsEnabled)
        {
            await FailAsync(http, 403, "Forbidden", "SecretDisabled");
            return;
        }
        var attributes = new Dictionary<string, object> { ["enabled"] = true, ["created"] = 1_700_000_000, ["updated"] = 1_700_000_000, ["recoveryLevel"] = "Recoverable+Purgeable" };
        if (newest.Expires is { } expires)
        {
            attributes["exp"] = expires.ToUnixTimeSeconds();
        }
        await http.Response.WriteAsJsonAsync(new { value = newest.Value, id = $"{Address}secrets/{name}/{versions.Count:x32}", attributes });
    }

    private static Task FailAsync(HttpContext http, int status, string code, string? inner = null)
    {
        http.Response.StatusCode = status;
        object error = inner is null ? new { code, message = $"{code} {Inside}" } : new { code, message = $"{code} {Inside}", innererror = new { code = inner } };
        return http.Response.WriteAsJsonAsync(new { error });
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private sealed record Version(string Value, DateTimeOffset? Expires, bool IsEnabled);
}

/// <summary>An identity that the vault knows.</summary>
internal sealed class HostIdentity : TokenCredential
{
    public const string Token = "token-of-the-host";

    public ConcurrentQueue<string> Scopes { get; } = [];

    public Exception? Fails { get; set; }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Scopes.Enqueue(string.Join(' ', requestContext.Scopes));
        return Fails is null ? new AccessToken(Token, DateTimeOffset.UtcNow.AddHours(1)) : throw Fails;
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}

/// <summary>For what another thread does in its own time.</summary>
internal static class Until
{
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(VaultServer.Patience);
        while (!await condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
