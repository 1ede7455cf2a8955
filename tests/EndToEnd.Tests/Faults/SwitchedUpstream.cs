using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tollgate.Gateway.Tests.Providers;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>The Simulator behind a switch: while it is off, every request gets a 503.</summary>
internal sealed class SwitchedUpstream : IAsyncDisposable
{
    private readonly HttpClient client = new();
    private readonly ConcurrentQueue<(DateTimeOffset At, bool IsUp)> requests = [];
    private readonly Uri simulator;
    private readonly TimeProvider time;
    private LoopbackServer? server;

    private SwitchedUpstream(Uri simulator, TimeProvider time) => (this.simulator, this.time) = (simulator, time);

    public volatile bool IsUp = true;

    public Uri Address => new($"http://127.0.0.1:{server!.Port.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>When each request came, by the test's clock.</summary>
    public IReadOnlyList<(DateTimeOffset At, bool IsUp)> Requests => [.. requests];

    public static async Task<SwitchedUpstream> StartAsync(Uri simulator, TimeProvider time)
    {
        var upstream = new SwitchedUpstream(simulator, time);
        upstream.server = await LoopbackServer.StartAsync(upstream.AnswerAsync);
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        client.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var isUp = IsUp;
        requests.Enqueue((time.GetUtcNow(), isUp));
        if (!isUp)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(simulator, $"{http.Request.Path}{http.Request.QueryString}"));
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, value) in http.Request.Headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value.ToString()) || request.Content.Headers.TryAddWithoutValidation(name, value.ToString());
        }
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await response.Content.CopyToAsync(http.Response.Body);
    }
}
