using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Tollgate.Telemetry;

namespace Tollgate.Gateway.Tests.Telemetry;

public sealed class GatewayTraceTests : IDisposable
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c", Span = "b7ad6b7169203331";

    private readonly ActivityListener listener = new()
    {
        ShouldListenTo = source => source.Name is TelemetryNames.Source or "A web server",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    };

    [Fact]
    public void StartCall_NobodyListens_IsNothing() => Assert.Null(GatewayTrace.StartCall(Request($"00-{Trace}-{Span}-01")));

    [Fact]
    public void StartCall_TraceParent_IsTheParent()
    {
        ActivitySource.AddActivityListener(listener);
        using var span = GatewayTrace.StartCall(Request($"00-{Trace}-{Span}-01"));
        Assert.Equal((Trace, Span, ActivityKind.Server), (span!.TraceId.ToHexString(), span.ParentSpanId.ToHexString(), span.Kind));
        Assert.Equal("vendor=1", span.TraceStateString);
    }

    [Fact]
    public void StartCall_HostsOwnSpanOfAnotherTrace_DoesNotHideTheCallers()
    {
        ActivitySource.AddActivityListener(listener);
        using var host = new Activity("invocation").Start();
        using var span = GatewayTrace.StartCall(Request($"00-{Trace}-{Span}-01"));
        Assert.Equal((Trace, Span), (span!.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
    }

    [Fact]
    public void StartCall_WebServersSpanOfTheSameTrace_IsTheParent()
    {
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("A web server");
        using var server = source.StartActivity("request", ActivityKind.Server, ActivityContext.Parse($"00-{Trace}-{Span}-01", null));
        using var span = GatewayTrace.StartCall(Request($"00-{Trace}-{Span}-01"));
        Assert.Equal((Trace, server!.SpanId), (span!.TraceId.ToHexString(), span.ParentSpanId));
    }

    [Theory]
    [InlineData(Span, $"00-{Trace}-{Span}-01")]
    [InlineData("0000000000000000", null)]
    public void StartCall_WebServersSpanThatNobodyHears_IsNoParent(string parent, string? caller)
    {
        ActivitySource.AddActivityListener(listener);
        using var server = new Activity("request");
        if (caller is not null)
        {
            server.SetParentId(caller);
        }
        server.Start();
        using var span = GatewayTrace.StartCall(Request(caller));
        Assert.Equal(parent, span!.ParentSpanId.ToHexString());
    }

    [Fact]
    public void Start_NobodyListens_IsNothing_AndAllocatesNothing()
    {
        var request = Request($"00-{Trace}-{Span}-01");
        Assert.Null(CallTrace.Start(request, TimeProvider.System));
        Measure();
        Assert.Equal(0, Measure());

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                CallTrace.Start(request, TimeProvider.System)?.Dispose();
                GatewayMeter.AddLeaseMessage(isAwaited: true, isAnswered: true);
                GatewayMeter.AddLedgerWrite(TimeSpan.Zero, failed: null, rows: 1);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00-zz-01")]
    public void StartCall_NoUsableTraceParent_BeginsATrace(string? parent)
    {
        ActivitySource.AddActivityListener(listener);
        using var span = GatewayTrace.StartCall(Request(parent));
        Assert.Equal((default, false), (span!.ParentSpanId, span.TraceId == default));
    }

    public void Dispose() => listener.Dispose();

    private static HttpRequest Request(string? parent)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.TraceParent = parent;
        http.Request.Headers.TraceState = parent is null ? null : "vendor=1";
        return http.Request;
    }
}
