using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Tollgate.Telemetry;

/// <summary>The gateway's spans. Never any text.</summary>
internal static class GatewayTrace
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    public static bool IsHeard => Source.HasListeners();

    /// <summary>The gateway's own span that the present code runs in, if any; also where it is not recorded.</summary>
    public static Activity? Current => Activity.Current is { } current && current.Source == Source ? current : null;

    /// <summary>
    /// A span for one call, in the caller's trace: read from the request, because a Functions host gives its worker no W3C parent.
    /// Where the web server has begun a span of that trace already, it is the parent; not one that the server keeps to itself, for that is exported nowhere.
    /// </summary>
    /// <returns>Null when nobody listens.</returns>
    public static Activity? StartCall(HttpRequest request)
    {
        if (!IsHeard)
        {
            return null;
        }
        var server = Activity.Current is { Source.Name.Length: > 0 } heard ? heard : null;
        if (!ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var caller) && server is null)
        {
            // A parent that is none would be taken for "whatever is current".
            Activity.Current = null;
        }
        return Source.StartActivity(TelemetryNames.Spans.Chat, ActivityKind.Server, server is not null && (caller == default || server.TraceId == caller.TraceId) ? server.Context : caller);
    }

    /// <summary>A span for one attempt, within its call's.</summary>
    /// <returns>Null when nobody listens, or it is not to be recorded.</returns>
    public static Activity? StartAttempt() => Source.StartActivity(TelemetryNames.Spans.Chat, ActivityKind.Client);
}
