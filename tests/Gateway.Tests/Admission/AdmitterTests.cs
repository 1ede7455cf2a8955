using Tollgate.Admission;
using Tollgate.Admission.Bounds;
using Tollgate.Catalogue;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Ledger;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Admission;

public sealed class AdmitterTests : IAsyncDisposable
{
    private readonly FakeLedger ledger = new();
    private CallBound bound;

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public void Admit_Bound_HoldsForTheDearestTarget()
    {
        var cheap = Some.Deployment("cheap", Some.Profile() with { MaxOutput = 9000, Price = new ModelPrice { Input = 1, Output = 2 } });
        var dear = Some.Deployment("dear", Some.Profile() with { MaxOutput = 100, Price = new ModelPrice { Input = 3, Output = 15, CacheWrite1h = 6 } });
        using var call = Some.Call("""{"n":2,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a"}}]},{"role":"user","content":"abc"}]}""");
        var admitted = Admitter().Admit(call, [cheap, dear]);
        Assert.Equal(PromptBounds.Quick(call, [cheap, dear]), bound);
        Assert.Equal(("acme", "dev", "m", call.Id), (admitted.Row.Tenant, admitted.Row.Key, admitted.Row.Model, admitted.Row.RequestId));
        Assert.Same(admitted.Row, Assert.Single(ledger.Opened));
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(9000, 4096)]
    public void Admit_CallersCap_BoundsTheOutput(int cap, int output)
    {
        using var call = Some.Call($"{{\"max_tokens\":{cap},\"messages\":[{{\"role\":\"user\",\"content\":\"x\"}}]}}");
        Admitter().Admit(call, [Some.Deployment()]);
        Assert.Equal(output, bound.OutputTokens);
    }

    [Fact]
    public void Admit_LedgerFull_Is503AndGivesTheBudgetBack()
    {
        ledger.IsFull = true;
        var tenant = new Tenant("acme") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, 100_000)] };
        using var call = Some.Call(tenant: tenant);
        var budgets = new InProcessBudgets(TimeProvider.System);
        var thrown = Assert.Throws<CallerErrorException>(() => new Admitter(budgets, ledger).Admit(call, [Some.Deployment()]));
        Assert.Equal((503, "ledger_unavailable", ErrorTypes.Server), (thrown.Status, thrown.Code, thrown.Type));
        Assert.Equal(100_000, budgets.Reserve(tenant, default(CallBound) with { Choices = 1 }).Remaining(LimitUnit.Tokens));
    }

    [Fact]
    public void Reserve_TwoTenants_HaveBudgetsOfTheirOwn()
    {
        var budgets = new InProcessBudgets(TimeProvider.System);
        var limits = new[] { new Limit(LimitUnit.Requests, LimitWindow.Total, 1) };
        budgets.Reserve(new Tenant("a") { Limits = limits }, default);
        budgets.Reserve(new Tenant("b") { Limits = limits }, default);
        Assert.Throws<BudgetRefusedException>(() => budgets.Reserve(new Tenant("a") { Limits = limits }, default));
    }

    [Fact]
    public void Reserve_TenantWithOtherLimitsThanBefore_IsHeldToTheNew()
    {
        var budgets = new InProcessBudgets(TimeProvider.System);
        budgets.Reserve(new Tenant("a"), default);
        budgets.Reserve(new Tenant("a") { Limits = [new Limit(LimitUnit.Requests, LimitWindow.Total, 1)] }, default);
        Assert.Throws<BudgetRefusedException>(() => budgets.Reserve(new Tenant("a") { Limits = [new Limit(LimitUnit.Requests, LimitWindow.Total, 1)] }, default));
        budgets.Reserve(new Tenant("a") { Limits = [new Limit(LimitUnit.Requests, LimitWindow.Total, 2)] }, default);
    }

    private Admitter Admitter() => new(new Recorder(this), ledger);

    private sealed class Recorder(AdmitterTests test) : IBudgetAuthority
    {
        public Reservation Reserve(Tenant tenant, in CallBound bound)
        {
            test.bound = bound;
            return new BudgetAccount([], TimeProvider.System).Reserve(bound);
        }
    }
}
