using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tollgate;
using Tollgate.Configuration;
using Tollgate.Functions;

const string Insights = "APPLICATIONINSIGHTS_CONNECTION_STRING";

// A relative path is meant from where the app is, not from where the host started it.
var file = Path.Combine(AppContext.BaseDirectory, Environment.GetEnvironmentVariable(HostSettings.ConfigurationFile) is { Length: > 0 } named ? named : "gateway.json");
try
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    builder.Logging.SetMinimumLevel(LogLevel.Warning);
    // The gateway's own limit answers 413 in the caller's dialect.
    builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
    builder.Services.AddTollgate(new TollgateOptions
    {
        // First, so that a change in between is a newer version yet.
        ConfigurationVersion = File.GetLastWriteTimeUtc(file).Ticks,
        Configuration = await File.ReadAllBytesAsync(file),
        ConfigurationName = file,
        DataDirectory = Path.Combine(Path.GetTempPath(), "tollgate"),
    });
    builder.Services.AddSingleton<DurableBudgets>();
    builder.Services.ShareBudgets(provider => provider.GetRequiredService<DurableBudgets>());
    var insights = Environment.GetEnvironmentVariable(Insights) is { Length: > 0 };
    if (builder.Services.AddTollgateTelemetry(builder.Configuration, spans: insights, metrics: insights) is { } telemetry)
    {
        telemetry.UseFunctionsWorkerDefaults();
        if (insights)
        {
            telemetry.UseAzureMonitorExporter(monitor => monitor.Credential = new DefaultAzureCredential());
        }
    }
    await builder.Build().RunAsync();
    return 0;
}
catch (ConfigurationException wrong)
{
    return Stop(wrong.Message);
}
catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
{
    return Stop($"{file} cannot be read; {HostSettings.ConfigurationFile} names it.");
}

// The host passes on, as the reason of the stop, those lines of its worker that hold the word error.
static int Stop(string message)
{
    foreach (var line in message.Split('\n'))
    {
        Console.Error.WriteLine($"error: {line.TrimEnd()}");
    }
    return 2;
}
