using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Admission.Bounds;
using Tollgate.Budgets;
using Tollgate.Budgets.Alerts;
using Tollgate.Gateway.Tests.Ledger;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Budgets.Alerts;

/// <summary>What LocalHost's calls raise, from admission to the log.</summary>
public sealed class AlertsInProcessTests : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLogger<BudgetAlerts> log = new();
    private readonly FakeLedger ledger = new();
    private readonly InProcessBudgets authority;
    private readonly LeaseBook book;

    public AlertsInProcessTests()
    {
        authority = new InProcessBudgets(time, new BudgetAlerts(webhook: null, time, log));
        book = new LeaseBook(authority, time);
    }

    public async ValueTask DisposeAsync()
    {
        await book.DisposeAsync();
        authority.Dispose();
        await ledger.DisposeAsync();
    }

    [Fact]
    public async Task Calls_ReachEachStepOnce_WithinATick()
    {
        BudgetScope[] scopes = [Scope(LimitScope.Tenant, "tenant:t", 100), Scope(LimitScope.Key, "key:t|app", 40), Scope(LimitScope.User, "user:t|0123", 1000)];
        for (var calls = 0; calls < 40; calls++)
        {
            (await book.ReserveAsync(scopes, new CallBound(1, 1, 1, 0, 0), default)).Settle(1, 0);
            await PassAsync();
        }
        Assert.Equal(["key:t|app 50", "key:t|app 80", "key:t|app 100"], Raised());
        Assert.Contains("of 40 requests per day: 20 are spent", log.Collector.GetSnapshot()[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9500, 300, "t 80, t 100")]
    // More than half of the whole: that it finds no room shows nothing.
    [InlineData(5000, 5000, "t 50")]
    public async Task Refusal_OfACallThatIsNoGiant_Raises100_Once(long spent, int prompt, string raised)
    {
        var tenant = Tokens(10_000);
        (await book.ReserveAsync(new Caller(tenant, "app").Scopes, new CallBound(1, spent - 1, 1, 0, 0), default)).Settle(spent, 0);
        await PassAsync();
        for (var calls = 0; calls < 3; calls++)
        {
            await RefusedAsync(tenant, prompt);
            await PassAsync();
        }
        Assert.Equal(raised, string.Join(", ", Raised()).Replace("tenant:", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refusal_WhileACallUnderWayMayGiveBack_RaisesNothing()
    {
        var tenant = Tokens(10_000);
        var underWay = await book.ReserveAsync(new Caller(tenant, "app").Scopes, new CallBound(1, 9999, 1, 0, 0), default);
        await RefusedAsync(tenant, 10);
        underWay.Settle(100, 0);
        await PassAsync();
        Assert.Empty(Raised());
    }

    [Fact]
    public async Task Refusal_WithNoAmount_Raises100_Once()
    {
        await RefusedAsync(Tokens(0), 10);
        await PassAsync();
        await RefusedAsync(Tokens(0), 10);
        await PassAsync();
        await PassAsync();
        Assert.Equal(["tenant:t 100"], Raised());
    }

    /// <summary>One tick of the timer.</summary>
    private async Task PassAsync()
    {
        time.Advance(TimeSpan.FromSeconds(5));
        await book.TellDueAsync();
    }

    private static Tenant Tokens(long amount) => new("t") { Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Month, amount)] };

    private static BudgetScope Scope(LimitScope kind, string id, long amount) =>
        BudgetScope.Of(kind, id, [new Limit(LimitUnit.Requests, LimitWindow.Day, amount) { Scope = kind }, new Limit(LimitUnit.Tokens, LimitWindow.Minute, 1000) { Scope = kind }], 0, TimeZoneInfo.Utc)!;

    private async Task RefusedAsync(Tenant tenant, int prompt)
    {
        using var call = Some.Call($"{{\"messages\":[{{\"role\":\"user\",\"content\":\"{new string('x', prompt)}\"}}]}}", tenant: tenant);
        var admitter = new Admitter(Some.Loops(), new PromptBounds(new PromptTokenizers()), book, ledger);
        await Assert.ThrowsAsync<BudgetRefusedException>(() => admitter.AdmitAsync(call, Some.Plan(Some.Deployment()), default).AsTask());
    }

    private string[] Raised() => [.. log.Collector.GetSnapshot().Select(line => $"{line.GetStructuredStateValue("Scope")} {line.GetStructuredStateValue("Percent")}")];
}
