using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Budgets;

public sealed class BudgetScopeTests : IAsyncDisposable
{
    private static readonly CallBound One = new(10, 90, 1, 0, 0);

    private readonly LeaseBook budgets;

    public BudgetScopeTests()
    {
        var time = new FakeTimeProvider(Some.Now);
        budgets = new LeaseBook(new InProcessBudgets(time), time);
    }

    public ValueTask DisposeAsync() => budgets.DisposeAsync();

    [Fact]
    public async Task Key_HasItsOwnLimit_AndSharesTheTenants()
    {
        var tenant = new Tenant("t")
        {
            Limits = [new Limit(LimitUnit.Requests, LimitWindow.Day, 3), new Limit(LimitUnit.Requests, LimitWindow.Day, 2) { Scope = LimitScope.Key }],
        };
        await ReserveAsync(tenant, "a");
        await ReserveAsync(tenant, "a");
        Assert.Equal("The limit of 2 requests per day for this key is reached.", (await RefusalAsync(tenant, "a")).Message);
        await ReserveAsync(tenant, "b");
        Assert.Equal("The limit of 3 requests per day is reached.", (await RefusalAsync(tenant, "b")).Message);
    }

    [Fact]
    public async Task RefusalByOneScope_HoldsNothingInAnother()
    {
        var tenant = new Tenant("t")
        {
            Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Day, 1000), new Limit(LimitUnit.Requests, LimitWindow.Day, 0) { Scope = LimitScope.Key }],
        };
        await RefusalAsync(tenant, "a");
        var free = tenant with { Limits = [tenant.Limits[0]], Version = 1 };
        Assert.Equal(900, (await ReserveAsync(free, "a")).Tightest(LimitUnit.Tokens)?.Remaining);
    }

    [Fact]
    public async Task TwoTenants_AndKeysOfTheSameName_ShareNothing()
    {
        Limit[] limits = [new Limit(LimitUnit.Requests, LimitWindow.Total, 1), new Limit(LimitUnit.Requests, LimitWindow.Total, 1) { Scope = LimitScope.Key }];
        await ReserveAsync(new Tenant("t") { Limits = limits }, "a");
        await ReserveAsync(new Tenant("u") { Limits = limits }, "a");
        await RefusalAsync(new Tenant("t") { Limits = limits }, "a");
    }

    [Fact]
    public async Task User_HasItsOwnLimit_WhicheverKeyItComesWith()
    {
        await ReserveForAsync("a", "ann");
        await ReserveForAsync("b", "ann");
        var refused = await RefusalForAsync("a", "ann");
        Assert.Equal(("The limit of 2 requests per day for this user is reached.", "budget_exceeded"), (refused.Message, refused.Code));
        await ReserveForAsync("a", "bob");
    }

    [Fact]
    public async Task CallsWithoutAUser_ShareOneBudget()
    {
        await ReserveForAsync("a", "");
        await ReserveForAsync("b", "");
        await RefusalForAsync("c", "");
        await ReserveForAsync("c", "ann");
    }

    [Fact]
    public void User_OfAnotherTenant_IsAnotherScope_AndNobodyIsNamed()
    {
        string[] ids = [.. new[] { ("t", "ann"), ("u", "ann"), ("t", "bob"), ("t", "") }.Select(call => new Caller(UserLimits(call.Item1), "a").ScopesWith(call.Item2)[^1].Id)];
        Assert.Equal(4, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^user:[tu]\\|[0-9a-f]{32}$", id));
        // The first 16 bytes of SHA-256 over "t", a zero byte and "ann".
        Assert.Equal("user:t|381b5f8bf070e2fd42342989aa12a179", ids[0]);
    }

    [Fact]
    public void CallerWithoutUserLimits_HasTheSameScopesForEverybody()
    {
        var caller = new Caller(new Tenant("t") { Limits = [new Limit(LimitUnit.Requests, LimitWindow.Day, 3)] }, "a");
        Assert.False(caller.LimitsUsers);
        Assert.Same(caller.Scopes, caller.ScopesWith("ann"));
    }

    [Fact]
    public async Task Concurrency_IsHeldWhileACallIsUnderWay()
    {
        var tenant = new Tenant("t") { Limits = [new Limit(LimitUnit.Concurrency, LimitWindow.Total, 2)] };
        var first = await ReserveAsync(tenant, "a");
        await ReserveAsync(tenant, "b");
        var refused = await RefusalAsync(tenant, "a");
        Assert.Equal(("The limit of 2 calls at a time is reached.", "rate_limit_exceeded", TimeSpan.FromSeconds(1)), (refused.Message, refused.Code, refused.RetryAfter));
        first.Settle(1000, 1000);
        await ReserveAsync(tenant, "a");
    }

    [Fact]
    public async Task TwoLimitsAlike_TheLowerCounts()
    {
        var tenant = new Tenant("t") { Limits = [new Limit(LimitUnit.Requests, LimitWindow.Day, 5), new Limit(LimitUnit.Requests, LimitWindow.Day, 1)] };
        await ReserveAsync(tenant, "a");
        await RefusalAsync(tenant, "a");
    }

    [Fact]
    public async Task Day_EndsInTheTenantsZone()
    {
        var tenant = new Tenant("t") { Limits = [new Limit(LimitUnit.Requests, LimitWindow.Day, 0)], Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai") };
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero), (await RefusalAsync(tenant, "a")).Standing.ResetsAt);
    }

    private async Task<Reservation> ReserveAsync(Tenant tenant, string key) => await budgets.ReserveAsync(new Caller(tenant, key).Scopes, One, CancellationToken.None);

    private async Task<Reservation> ReserveForAsync(string key, string user) => await budgets.ReserveAsync(new Caller(UserLimits("t"), key).ScopesWith(user), One, CancellationToken.None);

    private Task<BudgetRefusedException> RefusalForAsync(string key, string user) => Assert.ThrowsAsync<BudgetRefusedException>(() => ReserveForAsync(key, user));

    private static Tenant UserLimits(string id) => new(id) { Limits = [new Limit(LimitUnit.Requests, LimitWindow.Day, 2) { Scope = LimitScope.User }] };

    private Task<BudgetRefusedException> RefusalAsync(Tenant tenant, string key) => Assert.ThrowsAsync<BudgetRefusedException>(() => ReserveAsync(tenant, key));
}
