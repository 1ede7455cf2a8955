using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tollgate.Configuration;

namespace Tollgate.LocalHost;

/// <summary><c>/metrics</c> for Prometheus. Whoever may not read it, or where OpenTelemetry is off, finds nothing there.</summary>
internal static class MetricsPage
{
    public const string Path = "/metrics";

    /// <param name="app">The host.</param>
    /// <param name="setting">The value of <see cref="HostSettings.Metrics"/>; null or empty: this machine only.</param>
    /// <exception cref="ConfigurationException">It is neither <c>local</c> nor <c>anyone</c>.</exception>
    public static void UseMetricsPage(this WebApplication app, string? setting)
    {
        var isForAnyone = setting switch
        {
            null or "" or "local" => false,
            "anyone" => true,
            _ => throw new ConfigurationException(HostSettings.Metrics, [$"it is '{setting}'; it must be 'local' or 'anyone'."]),
        };
        app.UseOpenTelemetryPrometheusScrapingEndpoint(http => http.Request.Path == Path && (isForAnyone || IsLocal(http)));
    }

    /// <summary>From this machine, and not passed on by a proxy that runs on it.</summary>
    private static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");
}
