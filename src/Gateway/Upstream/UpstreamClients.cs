using System.Collections.Concurrent;
using System.Net;

namespace Tollgate.Upstream;

/// <summary>Connections to upstreams, pooled by host. Requests go out as they are: no redirects, cookies, proxies or hidden headers.</summary>
/// <param name="handlers">What sends them, by connect time-out; null: sockets.</param>
internal sealed class UpstreamClients(Func<TimeSpan, HttpMessageHandler>? handlers = null) : IDisposable
{
    private readonly ConcurrentDictionary<TimeSpan, HttpMessageInvoker> clients = [];

    /// <summary>A client whose new connections take no longer than <paramref name="connectTimeout"/>.</summary>
    public HttpMessageInvoker For(TimeSpan connectTimeout) => clients.GetOrAdd(connectTimeout, timeout => new HttpMessageInvoker(handlers?.Invoke(timeout) ?? Sockets(timeout)));

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    private static SocketsHttpHandler Sockets(TimeSpan connectTimeout) => new()
    {
        ConnectTimeout = connectTimeout,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        // Nothing of the caller's context goes out by itself: AttemptTrace writes what does.
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
        MaxResponseHeadersLength = 64,
    };
}
