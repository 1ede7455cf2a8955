using Tollgate.Admission;
using Tollgate.Admission.Bounds;
using Tollgate.Budgets;
using Tollgate.Catalogue;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Ledger;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Admission;

public sealed class AdmitterTests : IAsyncDisposable
{
    private readonly FakeLedger ledger = new();

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public async Task Admit_Bound_HoldsForTheDearestTarget()
    {
        var cheap = Some.Deployment("cheap", Some.Profile() with { MaxOutput = 9000, Prices = Some.Prices(new ModelPrice { Input = 1, Output = 2 }) });
        var dear = Some.Deployment("dear", Some.Profile() with { MaxOutput = 100, Prices = Some.Prices(new ModelPrice { Input = 3, Output = 15, CacheWrite1h = 6 }) });
        using var call = Some.Call("""{"n":2,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a"}}]},{"role":"user","content":"abc"}]}""");
        var admitted = await AdmitAsync(call, [cheap, dear]);
        Assert.Equal(PromptBounds.Quick(call, [cheap, dear]), admitted.Reservation.Bound);
        Assert.Equal(("acme", "dev", "m", call.Id), (admitted.Row.Tenant, admitted.Row.Key, admitted.Row.Model, admitted.Row.RequestId));
        Assert.Same(admitted.Row, Assert.Single(ledger.Opened));
    }

    [Fact]
    public async Task Admit_CallThatNamesItsUser_HasItInItsRow()
    {
        using var any = Some.Call();
        using var call = new Tollgate.Intake.IncomingCall(any.Id, any.Caller, Some.Bytes(Some.Body), any.Scan, any.Route, strict: false, Some.Now, startedAt: 0) { User = "ann" };
        Assert.Equal("ann", (await AdmitAsync(call, [Some.Deployment()])).Row.User);
        Assert.Null((await AdmitAsync(any, [Some.Deployment()])).Row.User);
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(9000, 4096)]
    public async Task Admit_CallersCap_BoundsTheOutput(int cap, int output)
    {
        using var call = Some.Call($"{{\"max_tokens\":{cap},\"messages\":[{{\"role\":\"user\",\"content\":\"x\"}}]}}");
        var bound = (await AdmitAsync(call, [Some.Deployment()])).Reservation.Bound;
        Assert.Equal(output, bound.OutputTokens);
    }

    [Fact]
    public async Task Admit_LedgerFull_Is503AndGivesTheBudgetBack()
    {
        ledger.IsFull = true;
        var tenant = new Tenant("acme") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, 100_000), new Limit(LimitUnit.Requests, LimitWindow.Total, 10)] };
        using var call = Some.Call(tenant: tenant);
        await using var budgets = new LeaseBook(new InProcessBudgets(TimeProvider.System), TimeProvider.System);
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(() => new Admitter(Some.Loops(), new PromptBounds(new PromptTokenizers()), budgets, ledger).AdmitAsync(call, Some.Plan(Some.Deployment()), default).AsTask());
        Assert.Equal((503, "ledger_unavailable", ErrorTypes.Server), (thrown.Status, thrown.Code, thrown.Type));
        var next = await budgets.ReserveAsync(new Caller(tenant, "dev").Scopes, new CallBound(0, 0, 1, 0, 0), default);
        Assert.Equal((100_000, 9), (next.Tightest(LimitUnit.Tokens)?.Remaining, next.Tightest(LimitUnit.Requests)?.Remaining));
    }

    [Fact]
    public async Task Admit_QuickBoundDoesNotFit_TheTokenizersDoes()
    {
        var tokenizers = new PromptTokenizers();
        await tokenizers.LoadAsync(TokenEncoding.O200k);
        var body = $"{{\"max_tokens\":300,\"messages\":[{{\"role\":\"user\",\"content\":\"{string.Concat(Enumerable.Repeat("hello world ", 300))}\"}}]}}";
        var target = Some.Deployment("gpt-4o", ModelCatalogue.Load().Find("gpt-4o"));
        using var call = Some.Call(body, tenant: new Tenant("acme") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, 2000)] });
        Assert.True(PromptBounds.Quick(call, [target]).PromptTokens > 2000);
        await using var budgets = new LeaseBook(new InProcessBudgets(TimeProvider.System), TimeProvider.System);

        var admitted = await new Admitter(Some.Loops(), new PromptBounds(tokenizers), budgets, ledger).AdmitAsync(call, Some.Plan(target), default);

        Assert.InRange(admitted.Reservation.Bound.PromptTokens, 601, 1700);
        Assert.Equal(300, admitted.Reservation.OutputTokens);
    }

    [Theory]
    [InlineData(4400, 3000, 3000)]
    [InlineData(4000, 4000, 3300)]
    public async Task Admit_QuickBoundLowersTheOutput_TheTokenizersGivesMore(int budget, int wanted, int least)
    {
        var tokenizers = new PromptTokenizers();
        await tokenizers.LoadAsync(TokenEncoding.O200k);
        var body = $"{{\"max_tokens\":{wanted},\"messages\":[{{\"role\":\"user\",\"content\":\"{string.Concat(Enumerable.Repeat("hello world ", 290))}\"}}]}}";
        var target = Some.Deployment("gpt-4o", ModelCatalogue.Load().Find("gpt-4o"));
        var tenant = new Tenant("acme") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, budget), new Limit(LimitUnit.Requests, LimitWindow.Total, 10)] };
        using var call = Some.Call(body, tenant: tenant);
        Assert.InRange(PromptBounds.Quick(call, [target]).PromptTokens, budget - 900, budget - BoundMath.LeastOutput);
        await using var budgets = new LeaseBook(new InProcessBudgets(TimeProvider.System), TimeProvider.System);

        var reservation = (await new Admitter(Some.Loops(), new PromptBounds(tokenizers), budgets, ledger).AdmitAsync(call, Some.Plan(target), default)).Reservation;

        Assert.InRange(reservation.OutputTokens, least, wanted);
        Assert.Equal(reservation.OutputTokens < wanted, reservation.Lowered);
        Assert.Equal((budget - reservation.Bound.PromptTokens - reservation.OutputTokens, 9), (reservation.Tightest(LimitUnit.Tokens)?.Remaining, reservation.Tightest(LimitUnit.Requests)?.Remaining));
    }

    [Fact]
    public async Task Admit_AuthorityDoesNotAnswer_Is503()
    {
        using var call = Some.Call(tenant: new Tenant("acme") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, 100_000)] });
        await using var budgets = new LeaseBook(new Silent(), TimeProvider.System);
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(() => new Admitter(Some.Loops(), new PromptBounds(new PromptTokenizers()), budgets, ledger).AdmitAsync(call, Some.Plan(Some.Deployment()), default).AsTask());
        Assert.Equal((503, "budget_unavailable", ErrorTypes.Server), (thrown.Status, thrown.Code, thrown.Type));
        Assert.NotNull(thrown.RetryAfter);
        Assert.Empty(ledger.Opened);
    }

    [Fact]
    public async Task Admit_AuthorityDoesNotAnswer_AndTheTenantAllowsThat_IsHeldUnchecked_AndMarked()
    {
        using var call = Some.Call(tenant: new Tenant("acme") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, 1)], OnBudgetOutage = OutagePolicy.Allow });
        await using var budgets = new LeaseBook(new Silent(), TimeProvider.System);
        var admitted = await new Admitter(Some.Loops(), new PromptBounds(new PromptTokenizers()), budgets, ledger).AdmitAsync(call, Some.Plan(Some.Deployment()), default);
        Assert.False(admitted.Reservation.Lowered);
        var row = Assert.Single(ledger.Opened);
        Assert.True(row.Unchecked);
        Assert.Equal(admitted.Reservation.Bound.AmountOf(LimitUnit.Tokens), row.BoundTokens);
        Assert.Equal(admitted.Reservation.Leases, row.Leases);
        Assert.Single(row.Leases);
    }

    private async Task<AdmittedCall> AdmitAsync(Tollgate.Intake.IncomingCall call, IReadOnlyList<Tollgate.Routing.Deployment> targets)
    {
        await using var budgets = new LeaseBook(new InProcessBudgets(TimeProvider.System), TimeProvider.System);
        return await new Admitter(Some.Loops(), new PromptBounds(new PromptTokenizers()), budgets, ledger).AdmitAsync(call, Some.Plan([.. targets]), default);
    }

    private sealed class Silent : IBudgetAuthority
    {
        public bool IsShared => true;

        public ValueTask<LeaseView> TellAsync(string scope, LeaseReport report, bool isAwaited, CancellationToken cancellationToken) => throw new BudgetUnavailableException("silent");

        public ValueTask<ClaimedLease?> ClaimAsync(BudgetScope scope, DateTimeOffset now, CancellationToken cancellationToken) => ValueTask.FromResult<ClaimedLease?>(null);
    }
}
