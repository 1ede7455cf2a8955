using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tollgate.Simulator.Exchanges;
using Tollgate.Simulator.Scenarios;

namespace Tollgate.Simulator;

/// <summary>
/// A server that speaks the wires of OpenAI, Azure OpenAI, Anthropic, Gemini and Vertex, and delays or fails as the
/// model's name or the header <c>x-sim</c> asks.
/// </summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly CancellationTokenSource stopping;

    private SimulatorServer(WebApplication app, RequestLog requests, CancellationTokenSource stopping)
    {
        this.app = app;
        this.stopping = stopping;
        Requests = requests;
        BaseAddress = new Uri(app.Urls.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri BaseAddress { get; }

    /// <summary>What it received.</summary>
    public RequestLog Requests { get; }

    /// <summary>Starts a simulator. It listens when the task completes.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<SimulatorServer> StartAsync(SimulatorOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.WebHost.UseUrls(options.Url).UseKestrelCore().ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = null;
            k.Limits.MinRequestBodyDataRate = null;
            k.Limits.MinResponseDataRate = null;
            k.Limits.MaxConcurrentConnections = null;
        });
        // With a buffer of one byte a flush ends when the socket has taken the bytes, so that a reset loses none of them.
        builder.WebHost.UseSockets(s => s.MaxWriteBufferSize = 1);

        var (log, counter) = (new RequestLog(), new RequestCounter());
        var stop = new CancellationTokenSource();
        var host = builder.Build();
        host.MapControl(log, counter);
        host.MapProviders(new ExchangeHandler(log, counter, options.TimeProvider, stop.Token), new PlainHandler(log, options.TimeProvider));
        await host.StartAsync(ct);
        // Open streams end at once when the host is told to stop, however long they would go on.
        host.Lifetime.ApplicationStopping.Register(stop.Cancel);
        return new SimulatorServer(host, log, stop);
    }

    /// <summary>Completes when the process is asked to stop (Ctrl+C, SIGTERM).</summary>
    public Task WaitForShutdownAsync(CancellationToken ct) => app.WaitForShutdownAsync(ct);

    /// <summary>Stops it; open connections are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        stopping.Dispose();
    }
}
