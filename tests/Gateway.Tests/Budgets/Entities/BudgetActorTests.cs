using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Budgets.Entities;
using Tollgate.Gateway.Tests.Azurite;

namespace Tollgate.Gateway.Tests.Budgets.Entities;

[Collection(WithAzurite.Name)]
public sealed class BudgetActorTests(AzuriteServer azurite)
{
    private static readonly Limit Month = new(LimitUnit.Tokens, LimitWindow.Month, 100_000);

    private static readonly LimitKey Key = new(LimitUnit.Tokens, LimitWindow.Month);

    [Fact]
    public async Task Tend_LeaseOfAStateThatIsNotStored_IsNotShown()
    {
        await using var fleet = new Fleet(azurite, [Month]);
        var actor = fleet.Actor();
        var state = new BudgetState();
        var reminder = Assert.Single(await actor.TellAsync(state, First(fleet, "a")), due => due.At is null);
        Assert.Single(state.Minted);

        // An older reminder, in the same batch of operations.
        await actor.TendAsync(state, stored: 0);
        Assert.Empty(await fleet.Slots.ReadAsync(Fleet.Scope));

        await actor.TendAsync(state, reminder.Stored);
        Assert.True(Assert.Single(await fleet.Slots.ReadAsync(Fleet.Scope)).IsFree);
    }

    [Fact]
    public async Task Tend_StateLostAfterItWasShown_TellsWhoTookIt()
    {
        await using var fleet = new Fleet(azurite, [Month]);
        var actor = fleet.Actor();
        var state = new BudgetState();
        var reminder = Assert.Single(await actor.TellAsync(state, First(fleet, "a")), due => due.At is null);
        await actor.TendAsync(state, reminder.Stored);
        var id = Assert.Single(state.Minted).Key;
        state.Minted[id] = state.Minted[id] with { IsShown = false };
        Assert.NotNull(await fleet.Slots.ClaimAsync(fleet.Terms, fleet.Time.GetUtcNow()));

        await actor.TendAsync(state, reminder.Stored);
        Assert.Contains(id, state.Leases.Keys);
    }

    [Fact]
    public async Task Tell_LimitsChanged_TakesWaitingLeasesBack()
    {
        await using var fleet = new Fleet(azurite, [Month]);
        var actor = fleet.Actor();
        var state = new BudgetState();
        var reminder = Assert.Single(await actor.TellAsync(state, First(fleet, "a")), due => due.At is null);
        await actor.TendAsync(state, reminder.Stored);

        fleet.Limits([Month with { Amount = 200_000 }], version: 1);
        await actor.TellAsync(state, First(fleet, "b"));
        Assert.Empty(state.Minted);
        Assert.Null(await fleet.Slots.ClaimAsync(fleet.Terms, fleet.Time.GetUtcNow()));
    }

    private static BudgetTold First(Fleet fleet, string lease) => new(Fleet.Scope, new LeaseReport(
        lease, 0, fleet.Time.GetUtcNow(), fleet.Terms.Terms, Yields: false, Ends: false, [new LeaseLine(Key, fleet.Terms.WindowOf(Key, fleet.Time.GetUtcNow()), 0, 100, 500)]));
}
