using System.Diagnostics;
using System.Text;
using Tollgate.EndToEnd.Tests.Faults;
using static Tollgate.Telemetry.TelemetryNames;

namespace Tollgate.EndToEnd.Tests.Telemetry;

/// <summary>Spans of calls and attempts, and the context that goes in and out.</summary>
public sealed class TraceTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private static readonly string[] NotForUpstreams = ["baggage", "Correlation-Context", "Request-Id"];

    public static TheoryData<string, bool, string> Each => Lanes.Of("");

    [Theory]
    [MemberData(nameof(Each))]
    public async Task Call_CallersTrace_GoesOnThroughTheAttemptToTheUpstream(string wire, bool stream, string _)
    {
        using var heard = new Heard();
        var target = new Target(wire, "c3");
        await using var bench = await fixture.StartAsync(target);
        var caller = Traced.NewContext();
        using var request = Traced.Request(caller, stream);
        foreach (var name in NotForUpstreams)
        {
            request.Headers.TryAddWithoutValidation(name, "secret=1");
        }
        using var response = await bench.Client.SendAsync(request);

        var call = await heard.CallAsync(caller.TraceId);
        var attempt = Assert.Single(heard.AttemptsOf(call));
        Assert.Equal((caller.SpanId, call.SpanId), (call.ParentSpanId, attempt.ParentSpanId));
        var upstream = Assert.Single(bench.ReceivedBy(target));
        Assert.Equal($"00-{caller.TraceId}-{attempt.SpanId}-01", upstream.Headers["traceparent"]);
        Assert.Equal("vendor=1", upstream.Headers["tracestate"]);
        Assert.All(NotForUpstreams, name => Assert.False(upstream.Headers.ContainsKey(name)));
    }

    [Fact]
    public async Task Call_NoRecording_StillPassesTheTraceOn()
    {
        using var heard = new Heard(ActivitySamplingResult.PropagationData);
        var target = new Target("openai", "c3");
        await using var bench = await fixture.StartAsync(target);
        var caller = Traced.NewContext();
        using var request = Traced.Request(caller, stream: false);
        using var response = await bench.Client.SendAsync(request);
        Assert.StartsWith($"00-{caller.TraceId}-", Assert.Single(bench.ReceivedBy(target)).Headers["traceparent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_SettingOff_SendsNoContext()
    {
        using var heard = new Heard();
        var target = new Target("openai", "c3");
        await using var bench = await fixture.StartAsync(new BenchOptions { Settings = new Dictionary<string, string> { ["TOLLGATE_TRACE_CONTEXT"] = "off" } }, target);
        await heard.AskAsync(bench, stream: false);
        var upstream = Assert.Single(bench.ReceivedBy(target));
        Assert.False(upstream.Headers.ContainsKey("traceparent") || upstream.Headers.ContainsKey("tracestate"));
    }

    [Fact]
    public async Task Call_TraceStateThatNoHeaderMayHold_IsLeftOut()
    {
        using var heard = new Heard();
        var target = new Target("openai", "c3");
        await using var bench = await fixture.StartAsync(target);
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = bench.Address };
        var caller = Traced.NewContext();
        using var request = Bench.Request(stream: false);
        request.Headers.Authorization = bench.Client.DefaultRequestHeaders.Authorization;
        request.Headers.Add("traceparent", $"00-{caller.TraceId}-{caller.SpanId}-01");
        request.Headers.TryAddWithoutValidation("tracestate", "vendor=ü");

        using var response = await client.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
        var upstream = Assert.Single(bench.ReceivedBy(target));
        Assert.Equal((true, false), (upstream.Headers.ContainsKey("traceparent"), upstream.Headers.ContainsKey("tracestate")));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task Failover_EachAttemptHasItsSpan(string wire, bool stream, string _)
    {
        using var heard = new Heard();
        var (bad, good) = (new Target(wire, "c5-f429"), new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(bad, good);

        var call = await heard.AskAsync(bench, stream);

        Assert.Equal(($"chat {Bench.Model}", "chat", Bench.Model, stream), (call.DisplayName, call.GetTagItem(Attributes.Operation), call.GetTagItem(Attributes.RequestModel), call.GetTagItem(Attributes.RequestStream)));
        Assert.Equal(("t", 2, 200, $"{wire}-2"), (call.GetTagItem(Attributes.Tenant), call.GetTagItem(Attributes.Attempts), call.GetTagItem(Attributes.HttpStatus), call.GetTagItem(Attributes.Deployment)));
        Assert.Equal((Billed.Words, 3L, Billed.Words + (2 * 3)), (call.GetTagItem(Attributes.InputTokens), call.GetTagItem(Attributes.OutputTokens), call.GetTagItem(Attributes.CostMicroUsd)));
        Assert.Equal(["stop"], (string[])call.GetTagItem(Attributes.FinishReasons)!);
        Assert.Equal((null, ActivityStatusCode.Unset), (call.GetTagItem(Attributes.ErrorType), call.Status));
        Assert.Equal(stream, call.GetTagItem(Attributes.TimeToFirstChunk) is > 0.0);
        Assert.StartsWith("req_", (string)call.GetTagItem(Attributes.RequestId)!, StringComparison.Ordinal);
        Assert.Collection(
            heard.AttemptsOf(call),
            first =>
            {
                Assert.Equal(($"chat {bad.Model}", 1, "first", $"{wire}-1", "testland"), (first.DisplayName, first.GetTagItem(Attributes.AttemptNumber), first.GetTagItem(Attributes.AttemptKind), first.GetTagItem(Attributes.Deployment), first.GetTagItem(Attributes.Region)));
                Assert.Equal(("rate_limited", 429, ActivityStatusCode.Error), (first.GetTagItem(Attributes.ErrorType), first.GetTagItem(Attributes.HttpStatus), first.Status));
                Assert.Equal(("127.0.0.1", bench.Simulator.BaseAddress.Port), (first.GetTagItem(Attributes.ServerAddress), first.GetTagItem(Attributes.ServerPort)));
            },
            second =>
            {
                Assert.Equal((2, "failover", "rate_limited", $"{wire}-2"), (second.GetTagItem(Attributes.AttemptNumber), second.GetTagItem(Attributes.AttemptKind), second.GetTagItem(Attributes.AttemptCause), second.GetTagItem(Attributes.Deployment)));
                Assert.Equal((null, 200, 3L), (second.GetTagItem(Attributes.ErrorType), second.GetTagItem(Attributes.HttpStatus), second.GetTagItem(Attributes.OutputTokens)));
                Assert.Equal(["stop"], (string[])second.GetTagItem(Attributes.FinishReasons)!);
                Assert.True(second.Duration <= call.Duration);
            });
    }

    [Theory]
    [InlineData("cut2", true, "cut", 200, ActivityStatusCode.Error)]
    [InlineData("f400", false, "invalid_request", 400, ActivityStatusCode.Unset)]
    [InlineData("f500", true, "server_error", 502, ActivityStatusCode.Error)]
    public async Task Call_ThatFails_SaysWhy(string fault, bool stream, string error, int status, ActivityStatusCode code)
    {
        using var heard = new Heard();
        await using var bench = await fixture.StartAsync(new Target("openai", $"c5-{fault}"));
        var call = await heard.AskAsync(bench, stream);
        Assert.Equal((error, status, code), (call.GetTagItem(Attributes.ErrorType), call.GetTagItem(Attributes.HttpStatus), call.Status));
        Assert.All(heard.AttemptsOf(call), attempt => Assert.Equal((error, ActivityStatusCode.Error), (attempt.GetTagItem(Attributes.ErrorType), attempt.Status)));
        Assert.NotEmpty(heard.AttemptsOf(call));
    }

    [Fact]
    public async Task Call_ThatTheCallerLeaves_IsNoError()
    {
        using var heard = new Heard();
        var target = new Target("openai", "hang") { FirstToken = null };
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = TimeProvider.System }, target);
        var call = await heard.AskAndLeaveAsync(bench, target, stream: true);
        Assert.Equal((Values.Disconnected, 499, ActivityStatusCode.Unset), (call.GetTagItem(Attributes.ErrorType), call.GetTagItem(Attributes.HttpStatus), call.Status));
        var attempt = Assert.Single(heard.AttemptsOf(call));
        Assert.Equal((Values.Disconnected, ActivityStatusCode.Unset), (attempt.GetTagItem(Attributes.ErrorType), attempt.Status));
    }

    [Fact]
    public async Task Target_ThatTheRequestCannotBeSaidTo_HasNoAttempt()
    {
        using var heard = new Heard();
        await using var bench = await fixture.StartAsync(new Target("anthropic", "c3"), new Target("openai", "c3"));
        bench.Client.DefaultRequestHeaders.Add(GatewayHeaders.Strict, "true");
        var call = await heard.AskAsync(bench, stream: false, """{"n":2}""");
        var attempt = Assert.Single(heard.AttemptsOf(call), attempt => attempt.Recorded);
        Assert.Equal(("openai-2", 1, Values.First), (attempt.GetTagItem(Attributes.Deployment), attempt.GetTagItem(Attributes.AttemptNumber), attempt.GetTagItem(Attributes.AttemptKind)));
        Assert.Equal((2, 1), (call.GetTagItem(Attributes.RequestChoices), call.GetTagItem(Attributes.Attempts)));
        Assert.Equal(["stop", "stop"], (string[])attempt.GetTagItem(Attributes.FinishReasons)!);
    }

    [Fact]
    public async Task Call_WithoutItsKey_HasASpanWithoutAModel()
    {
        using var heard = new Heard();
        await using var bench = await fixture.StartAsync(new Target("openai", "c3"));
        bench.Client.DefaultRequestHeaders.Authorization = null;
        var call = await heard.AskAsync(bench, stream: false);
        Assert.Equal((Spans.Chat, 401, null), (call.DisplayName, call.GetTagItem(Attributes.HttpStatus), call.GetTagItem(Attributes.RequestModel)));
        Assert.NotNull(call.GetTagItem(Attributes.ErrorType));
    }
}
