using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Tollgate.Telemetry;

/// <summary>
/// OpenTelemetry as both hosts set it up: the gateway's source and meter, and OTLP where the environment names an endpoint. Its variables are OpenTelemetry's own:
/// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables. Those not read here are read by its SDK.
/// </summary>
internal static class TelemetrySetup
{
    public static OpenTelemetryBuilder? Add(IServiceCollection services, IConfiguration settings, bool spans, bool metrics)
    {
        var (sentSpans, sentMetrics) = (IsExported(settings, "TRACES"), IsExported(settings, "METRICS"));
        if (!(spans || metrics || sentSpans || sentMetrics) || settings["OTEL_SDK_DISABLED"] is "true" or "True" or "TRUE")
        {
            return null;
        }
        var telemetry = services.AddOpenTelemetry().ConfigureResource(static resource => resource
            .AddService(TelemetryNames.Service, serviceVersion: Assembly.GetExecutingAssembly().GetName().Version?.ToString(3))
            // Once more, because the last one counts.
            .AddEnvironmentVariableDetector());
        // Spans that nobody exports are not to be made.
        if (spans || sentSpans)
        {
            telemetry.WithTracing(tracing => (sentSpans ? tracing.AddOtlpExporter() : tracing).AddSource(TelemetryNames.Source));
        }
        if (metrics || sentMetrics)
        {
            telemetry.WithMetrics(meters => (sentMetrics ? meters.AddOtlpExporter() : meters).AddMeter(TelemetryNames.Source));
        }
        return telemetry;
    }

    private static bool IsExported(IConfiguration settings, string signal) =>
        settings[$"OTEL_{signal}_EXPORTER"] is null or "" or "otlp"
        && (settings["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || settings[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 });
}
