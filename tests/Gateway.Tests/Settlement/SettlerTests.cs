using System.Buffers;
using System.Text;
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
using Tollgate.Tenants;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Settlement;

public sealed class SettlerTests : IAsyncDisposable
{
    private static readonly Deployment Target = Some.Deployment("main", Some.Profile() with { Price = new ModelPrice { Input = 1, Output = 2 } }, region: "eu");

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLedger ledger = new();

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public void Price_WholeAnswer_IsWhatTheProviderReports()
    {
        using var reply = Whole(new TokenUsage { Prompt = 10, Completion = 3 }, outputBytes: 9999);
        Assert.Equal(new CallCost(new TokenUsage { Prompt = 10, Completion = 3 }, false, 16), SettlerPrice(Admitted(), reply));
    }

    [Fact]
    public void Price_WholeAnswerWithoutUsage_IsCounted()
    {
        using var reply = Whole(usage: null, outputBytes: 41);
        Assert.Equal(new CallCost(new TokenUsage { Prompt = 1, Completion = 11 }, true, 23), SettlerPrice(Admitted(), reply));
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
        Assert.Equal(ModelCatalogue.Load().Version, row.PriceVersion);
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
    public void SettleFailed_CallerLeft_PaysForThePromptThatWasRead()
    {
        var admitted = Admitted();
        Settler().SettleFailed(admitted, new Dispatched(null, null, Target, 1), CallStatus.Disconnected, 499);
        var row = Assert.Single(ledger.Settled);
        Assert.Equal((1L, 1L, true), (row.Usage.Total, row.CostMicroUsd, row.Estimated));
        Assert.NotNull(row.PriceVersion);
        Assert.Equal(9_999, admitted.Reservation.Tightest(LimitUnit.Tokens)?.Remaining);
    }

    [Fact]
    public void SettleFailed_NeverSent_NamesNoDeployment()
    {
        Settler().SettleFailed(Admitted(), null, CallStatus.Failed, 400);
        var row = Assert.Single(ledger.Settled);
        Assert.Equal((null, 0, 0L), (row.Deployment, row.Attempts, row.CostMicroUsd));
    }

    private static WholeReply Whole(TokenUsage? usage, int outputBytes) => new(Target, [], Some.Bytes("{}"), usage, outputBytes);

    private static CallCost SettlerPrice(AdmittedCall admitted, UpstreamReply reply) => Tollgate.Settlement.Settler.Price(admitted, reply);

    private Settler Settler() => new(ledger, ModelCatalogue.Load(), time);

    private AdmittedCall Admitted()
    {
        var tenant = new Tenant("acme") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, 10_000)] };
        var body = Some.Body;
        var call = new Tollgate.Intake.IncomingCall(
            RequestId.New(Some.Now), new Caller(tenant, "dev"), Some.Bytes(body), Tollgate.Intake.RequestScanner.Scan(Encoding.UTF8.GetBytes(body)), new ModelRoute("m", [[Target]]), strict: false, Some.Now, time.GetTimestamp());
        // The authority in process answers at once.
        return new Admitter(new PromptBounds(new PromptTokenizers()), new LeaseBook(new InProcessBudgets(time), time), ledger).AdmitAsync(call, [Target], default).AsTask().GetAwaiter().GetResult();
    }
}
