using System.Buffers;
using System.Text;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Admission.Bounds;
using Tollgate.Budgets;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Dialects.OpenAi;
using Tollgate.Gateway.Tests.Ledger;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Settlement;
using Tollgate.Streaming;
using Tollgate.Telemetry;
using Tollgate.Tenants;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Settlement;

public sealed class SettlerTests : IAsyncDisposable
{
    private static readonly Deployment Target = Some.Deployment("main", Some.Profile() with { Prices = Some.Prices(new ModelPrice { Input = 1, Output = 2 }) }, region: "eu");

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLedger ledger = new();
    private readonly FakeLogger<Settler> log = new();

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public void Price_WholeAnswer_IsWhatTheProviderReports()
    {
        using var reply = Whole(new TokenUsage { Prompt = 10, Completion = 3 }, outputBytes: 9999);
        var usage = new TokenUsage { Prompt = 10, Completion = 3 };
        Assert.Equal(new CallCost(usage, usage, false, 16), SettlerPrice(Admitted(), reply));
    }

    [Fact]
    public void Price_WholeAnswerWithoutUsage_IsCounted()
    {
        using var reply = Whole(usage: null, outputBytes: 41);
        var usage = new TokenUsage { Prompt = 1, Completion = 11 };
        Assert.Equal(new CallCost(usage, usage, true, 23), SettlerPrice(Admitted(), reply));
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"12345678"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1}}""", 9, 1, false)]
    [InlineData("""{"choices":[{"delta":{"content":"12345678"},"finish_reason":"stop"}]}""", 1, 2, true)]
    [InlineData("""{"choices":[{"delta":{"content":"12345678"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}""", 9, 2, true)]
    [InlineData("""{"choices":[{"delta":{"content":"12345678"}}],"usage":{"prompt_tokens":9,"completion_tokens":5}}""", 9, 5, true)]
    [InlineData("""{"choices":[{"delta":{"content":"12345678"}}]}""", 1, 2, true)]
    public void Price_Stream_TheLargerCountIsTheTruerUnlessItIsWhole(string chunk, int prompt, int completion, bool estimated)
    {
        using var lane = new PassThroughLane(new OpenAiReplyHead("c", 1, "m"), 1, includeUsage: false);
        var data = Encoding.UTF8.GetBytes(chunk);
        lane.Read(new SseEvent(data, default, data, hasData: true), new ArrayBufferWriter<byte>());
        using var scope = new AttemptScope(TimeSpan.FromHours(1), TimeSpan.FromHours(1), time, CancellationToken.None);
        using var reply = new StreamedReply(Target, [], new HttpResponseMessage(), Stream.Null, lane, scope);
        var cost = SettlerPrice(Admitted(), reply);
        Assert.Equal((prompt, completion, estimated), (cost.Usage.Prompt, cost.Usage.Completion, cost.Estimated));
        Assert.Equal(prompt + (2 * completion), cost.MicroUsd);
    }

    [Fact]
    public void Settle_Answer_IsBookedAgainstBudgetAndLedger()
    {
        var admitted = Admitted();
        time.Advance(TimeSpan.FromSeconds(2));
        using var reply = Whole(new TokenUsage { Prompt = 10, Completion = 3 }, 0);
        reply.Attempts = 2;
        var settler = Settler();
        settler.Settle(admitted, reply, SettlerPrice(admitted, reply), CallStatus.Ok, firstTokenMs: 5);
        Assert.Equal(10_000 - 13, admitted.Reservation.Tightest(LimitUnit.Tokens)?.Remaining);
        var row = Assert.Single(ledger.Settled);
        Assert.Equal(("main", "openai", "eu", 16L, CallStatus.Ok, 200, 2), (row.Deployment, row.Provider, row.Region, row.CostMicroUsd, row.Status, row.HttpStatus, row.Attempts));
        Assert.Equal((5d, 2000d), (row.FirstTokenMs, row.TotalMs));
        Assert.Equal("v", row.PriceVersion);
    }

    [Fact]
    public void SettleFailed_NothingGenerated_CostsNothing()
    {
        var admitted = Admitted();
        Settler().SettleFailed(admitted, new Dispatched(null, null, Target, 3), CallStatus.Failed, 502);
        Assert.Equal(10_000, admitted.Reservation.Tightest(LimitUnit.Tokens)?.Remaining);
        var row = Assert.Single(ledger.Settled);
        Assert.Equal((0L, 0L, false, 502, 3, "main"), (row.Usage.Total, row.CostMicroUsd, row.Estimated, row.HttpStatus, row.Attempts, row.Deployment));
        Assert.Null(row.PriceVersion);
    }

    [Fact]
    public void SettleFailed_WhatTheAttemptsUsed_IsCharged()
    {
        var admitted = Admitted();
        BilledAttempt[] used = [new("other", new TokenUsage { Prompt = 70, CacheRead = 10, Completion = 2 }, 54.5m, "w")];
        Settler().SettleFailed(admitted, new Dispatched(null, null, Target, 1) { Used = used }, CallStatus.Disconnected, 499);
        var row = Assert.Single(ledger.Settled);
        Assert.Equal((used[0].Usage, 55L, true, "w"), (row.Usage, row.CostMicroUsd, row.Estimated, row.PriceVersion));
        Assert.Equal(used, row.Earlier);
        Assert.Equal(9_928, admitted.Reservation.Tightest(LimitUnit.Tokens)?.Remaining);
        Assert.Equal(0, log.Collector.Count);
    }

    [Fact]
    public void Settle_AnswerAfterFailedAttempts_IsChargedWithThem_AndToldWithoutTheirTokens()
    {
        var admitted = Admitted();
        using var reply = Whole(new TokenUsage { Prompt = 10, Completion = 3 }, 0);
        reply.Earlier = [new("a", new TokenUsage { Prompt = 20, CacheRead = 5 }, 6.6m, "w"), new("b", new TokenUsage { Prompt = 1, Completion = 2 }, 8.5m, "v")];
        var cost = SettlerPrice(admitted, reply);
        Assert.Equal(new CallCost(new TokenUsage { Prompt = 10, Completion = 3 }, new TokenUsage { Prompt = 31, CacheRead = 5, Completion = 5 }, true, 32), cost);
        Settler().Settle(admitted, reply, cost, CallStatus.Ok, firstTokenMs: null);
        Assert.Equal(10_000 - 36, admitted.Reservation.Tightest(LimitUnit.Tokens)?.Remaining);
        var row = Assert.Single(ledger.Settled);
        Assert.Equal((cost.Usage, 32L, true, "v w"), (row.Usage, row.CostMicroUsd, row.Estimated, row.PriceVersion));
        Assert.Equal(reply.Earlier, row.Earlier);
    }

    [Fact]
    public void Settle_MoreThanWasReserved_IsChargedAndTold()
    {
        using var metric = new MetricCollector<long>(null, TelemetryNames.Source, "tollgate.budget.overrun");
        var admitted = Admitted();
        var bound = admitted.Reservation.Bound;
        var usage = new TokenUsage { Prompt = bound.PromptTokens + 4_321, Completion = bound.OutputTokens };
        using var reply = Whole(usage, 0);
        Settler().Settle(admitted, reply, SettlerPrice(admitted, reply), CallStatus.Ok, firstTokenMs: null);
        Assert.Equal(Math.Max(0, 10_000 - usage.Total), admitted.Reservation.Tightest(LimitUnit.Tokens)?.Remaining);
        var line = Assert.Single(log.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.All([admitted.Call.Id, "acme", $"{usage.Total} tokens", $"{usage.Total - 4_321} and"], word => Assert.Contains(word, line.Message, StringComparison.Ordinal));
        Assert.Contains(metric.GetMeasurementSnapshot(), measured => measured.Value == 4_321);
    }

    [Fact]
    public void Settle_MoreThanTheBoundOfATenantWithoutLimits_IsNoOverrun()
    {
        var admitted = Admitted(new Tenant("acme"));
        using var reply = Whole(new TokenUsage { Prompt = 1_000_000 }, 0);
        Settler().Settle(admitted, reply, SettlerPrice(admitted, reply), CallStatus.Ok, firstTokenMs: null);
        Assert.Equal(0, log.Collector.Count);
    }

    [Fact]
    public void SettleFailed_NeverSent_NamesNoDeployment()
    {
        Settler().SettleFailed(Admitted(), null, CallStatus.Failed, 400);
        var row = Assert.Single(ledger.Settled);
        Assert.Equal((null, 0, 0L), (row.Deployment, row.Attempts, row.CostMicroUsd));
    }

    private static WholeReply Whole(TokenUsage? usage, int outputBytes) => new(Target, [], Some.Bytes("{}"), usage, outputBytes, default);

    private static CallCost SettlerPrice(AdmittedCall admitted, UpstreamReply reply) => Tollgate.Settlement.Settler.Price(admitted, reply);

    private Settler Settler() => new(ledger, time, log);

    private AdmittedCall Admitted(Tenant? tenant = null)
    {
        tenant ??= new Tenant("acme") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, 10_000)] };
        var body = Some.Body;
        var call = new Tollgate.Intake.IncomingCall(
            RequestId.New(Some.Now), new Caller(tenant, "dev"), Some.Bytes(body), Tollgate.Intake.RequestScanner.Scan(Encoding.UTF8.GetBytes(body)), new ModelRoute("m", [Tier.Of(Target)]), strict: false, Some.Now, time.GetTimestamp());
        // The authority in process answers at once.
        return new Admitter(Some.Loops(), new PromptBounds(new PromptTokenizers()), new LeaseBook(new InProcessBudgets(time), time), ledger).AdmitAsync(call, Some.Plan(Target), default).AsTask().GetAwaiter().GetResult();
    }
}
