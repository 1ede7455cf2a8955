using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Tollgate.Telemetry;

/// <summary>The gateway's spans. Never any text.</summary>
internal static class GatewayTrace
{
    private static readonly ActivitySource Source = new(TollgateServices.TelemetryName);

    /// <summary>
    /// A span for one call, in the caller's trace: read from the request, because a Functions host gives its worker no W3C parent.
    /// Where the web server has begun a span of that trace already, it is the parent.
    /// </summary>
    /// <returns>Null when nobody listens.</returns>
    public static Activity? StartCall(HttpRequest request)
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        _ = ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var caller);
        var parent = Activity.Current is { } current && current.TraceId == caller.TraceId ? current.Context : caller;
        return Source.StartActivity("chat", ActivityKind.Server, parent);
    }
}
