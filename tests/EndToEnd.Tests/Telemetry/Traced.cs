using System.Diagnostics;
using Tollgate.EndToEnd.Tests.Faults;

namespace Tollgate.EndToEnd.Tests.Telemetry;

/// <summary>Calls with a trace context of their own.</summary>
internal static class Traced
{
    public static ActivityContext NewContext() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, "vendor=1");

    public static HttpRequestMessage Request(in ActivityContext caller, bool stream, string extra = "{}")
    {
        var request = Bench.Request(stream, extra);
        request.Headers.Add("traceparent", $"00-{caller.TraceId}-{caller.SpanId}-01");
        request.Headers.Add("tracestate", caller.TraceState);
        return request;
    }

    /// <summary>Asks, reads the whole answer, and waits for the span of the call.</summary>
    public static async Task<Activity> AskAsync(this Heard heard, Bench bench, bool stream, string extra = "{}")
    {
        var caller = NewContext();
        using var request = Request(caller, stream, extra);
        using var response = await bench.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        _ = await Seen.ReadAsync(response, CancellationToken.None);
        return await heard.CallAsync(caller.TraceId);
    }

    /// <summary>Asks, and leaves when the upstream has the request.</summary>
    public static async Task<Activity> AskAndLeaveAsync(this Heard heard, Bench bench, Target target, bool stream)
    {
        var caller = NewContext();
        using var leaving = new CancellationTokenSource();
        using var request = Request(caller, stream);
        var asking = bench.Client.SendAsync(request, leaving.Token);
        await bench.WaitForRequestAsync(target);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        return await heard.CallAsync(caller.TraceId);
    }
}
