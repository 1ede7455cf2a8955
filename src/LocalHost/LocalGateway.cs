using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Tollgate.Configuration;
using Tollgate.Simulator;

namespace Tollgate.LocalHost;

/// <summary>The gateway on Kestrel, with what it needs embedded: for the first run, for development, tests and benchmarks.</summary>
public sealed class LocalGateway : IAsyncDisposable
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    private readonly WebApplication app;
    private readonly SimulatorServer? simulator;

    private LocalGateway(WebApplication app, SimulatorServer? simulator, string banner)
    {
        this.app = app;
        this.simulator = simulator;
        Banner = banner;
    }

    public Uri BaseAddress => new(app.Urls.First());

    public IServiceProvider Services => app.Services;

    /// <summary>What to print once it listens.</summary>
    public string Banner { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="args"><c>--urls</c> and ASP.NET Core's own settings.</param>
    /// <param name="environment">Gives environment variables: <c>TOLLGATE_CONFIG</c> and those that <c>env:NAME</c> refers to.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <param name="services">Last word on the services, for tests.</param>
    /// <exception cref="Configuration.ConfigurationException">The configuration cannot be used.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<LocalGateway> StartAsync(string[] args, Func<string, string?> environment, CancellationToken cancellationToken, Action<IServiceCollection>? services = null)
    {
        var setup = await LocalSetup.CreateAsync(environment, cancellationToken);
        WebApplication? app = null;
        try
        {
            app = Build(args, setup, services);
            await app.StartAsync(cancellationToken);
            return new LocalGateway(app, setup.Simulator, setup.Banner(new Uri(app.Urls.First())));
        }
        catch
        {
            if (app is not null)
            {
                // The ledger is open by now.
                await app.DisposeAsync();
            }
            await setup.DisposeAsync();
            throw;
        }
    }

    public Task WaitForShutdownAsync() => app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        if (simulator is not null)
        {
            await simulator.DisposeAsync();
        }
    }

    private static WebApplication Build(string[] args, LocalSetup setup, Action<IServiceCollection>? services)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The gateway's own limit answers 413 in the caller's dialect.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
        builder.Services.AddTollgate(setup.Options);
        builder.Services.AddTollgateTimer();
        var telemetry = builder.Services.AddTollgateTelemetry(builder.Configuration, spans: false, metrics: true)?.WithMetrics(static metrics => metrics.AddPrometheusExporter());
        services?.Invoke(builder.Services);
        var app = builder.Build();
        if (telemetry is not null)
        {
            app.UseMetricsPage(setup.Options.Environment(HostSettings.Metrics));
        }
        app.MapTollgate();
        return app;
    }
}
