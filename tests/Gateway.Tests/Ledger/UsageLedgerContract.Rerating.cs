using Tollgate.Conversation;
using Tollgate.Gateway.Tests.Ledger.Rerating;
using Tollgate.Ledger;
using Tollgate.Ledger.Rerating;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Gateway.Tests.Ledger;

/// <summary>What every ledger promises of calls that are rated again.</summary>
public abstract partial class UsageLedgerContract
{
    private static readonly Rater Dearer = Prices.Rater("""
        "a": { "provider": "p", "model": "m", "price": { "input": 1, "output": 2 } },
        "b": { "provider": "p", "model": "m", "price": { "input": 0.5, "output": 1, "cacheWrite1h": 7, "tiers": { "flex": { "times": 0.5 } } } }
        """);

    [Fact]
    public async Task RerateAsync_DryRun_CountsAndChangesNothing()
    {
        var ledger = Start();
        ledger.Settle(Settled(Call()) with { Deployment = "a", PriceVersion = "old" });
        ledger.Settle(Settled(Call(at: Some.Now.AddDays(1))) with { Deployment = "a", PriceVersion = "old" });
        await ReadAsync(ledger);
        Time.Advance(TimeSpan.FromDays(1));
        var before = await RowsAsync();

        var tenant = Assert.Single(await RerateAsync(ledger, apply: false));
        Assert.Equal(("acme", 1, 1, 3, 50, true), (tenant.Tenant, tenant.Rows, tenant.Changed, tenant.OldMicroUsd, tenant.NewMicroUsd, tenant.IsWhole));
        Assert.Equal(before, await RowsAsync());
    }

    [Fact]
    public async Task RerateAsync_Apply_KeepsTheFirstCost_AndIsDoneOnce()
    {
        var ledger = Start();
        var call = Call();
        ledger.Settle(Settled(call) with
        {
            Deployment = "b",
            PriceVersion = "old",
            Usage = new TokenUsage { Prompt = 1000, CacheRead = 100, CacheWrite5m = 200, CacheWrite1h = 300, Completion = 50, Tier = ServiceTier.Flex } + new TokenUsage { Prompt = 40 },
            Earlier = [new BilledAttempt("a", new TokenUsage { Prompt = 40 }, 4, "older")],
        });
        ledger.Settle(Settled(Call("same")) with { Deployment = "a", CostMicroUsd = 50, PriceVersion = "old" });
        ledger.Settle(Settled(Call(tenant: "a/b")) with { Deployment = "a" });
        await ReadAsync(ledger);
        await ledger.ReadAsync("a/b", null, Some.Now, Some.Now.AddDays(1), default);

        // 700 at 0.25, 300 at 3.5, 50 at 0.5; and 40 at 1.
        const int Cost = 175 + 1050 + 25 + 40;
        for (var run = 0; run < 2; run++)
        {
            var tenant = Assert.Single(await RerateAsync(ledger, apply: true));
            Assert.Equal((2, run == 0 ? 1 : 0, run == 0 ? 53 : Cost + 50, Cost + 50), (tenant.Rows, tenant.Changed, tenant.OldMicroUsd, tenant.NewMicroUsd));
            var row = (await RowsAsync())[call.RequestId];
            Assert.Equal((Cost.ToString(System.Globalization.CultureInfo.InvariantCulture), "3", "old"), (row["CostMicroUsd"], row["OriginalCostMicroUsd"], row["OriginalPriceVersion"]));
            Assert.Equal(2, row["PriceVersion"].Split(' ').Length);
            Assert.Equal(40, Assert.Single(BilledAttempts.Read(row["Earlier"])).MicroUsd);
            Assert.Equal(Time.GetUtcNow().ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture), row["RatedAt"]);
        }
        Assert.Equal([Cost, 50L], (await ReadAsync(ledger)).Select(total => total.CostMicroUsd));
        Assert.DoesNotContain("OriginalCostMicroUsd", (await RowsAsync()).Values.Single(row => row["Model"] == "same").Keys);

        var all = await ((IUsageRerating)ledger).RerateAsync(new RerateRequest(null, Some.Now, Some.Now.AddDays(1), null, Apply: true), Dearer, Time.GetUtcNow(), null, default);
        Assert.Equal([("a/b", 1L), ("acme", 0L)], all.Select(tenant => (tenant.Tenant, tenant.Changed)).Order());

        var cheaper = Prices.Rater("""
            "a": { "provider": "p", "model": "m", "price": { "input": 0, "output": 0 } }, "b": { "provider": "p", "model": "m", "price": { "input": 0, "output": 0 } }
            """);
        await RerateAsync(ledger, apply: true, rater: cheaper);
        Assert.Equal(("0", "3", "old"), (await RowsAsync())[call.RequestId] is var last ? (last["CostMicroUsd"], last["OriginalCostMicroUsd"], last["OriginalPriceVersion"]) : default);
    }

    [Fact]
    public async Task RerateAsync_ClosedDay_IsSummedUpAgain()
    {
        var ledger = Start();
        var rollups = (IUsageRollups)ledger;
        ledger.Settle(Settled(Call()) with { Deployment = "a" });
        await ReadAsync(ledger);
        Time.Advance(TimeSpan.FromDays(1));
        await rollups.RollUpAsync(Time.GetUtcNow(), default);
        Assert.Equal(3, (await WholeDayAsync(ledger)).Single().CostMicroUsd);

        Assert.Equal(1, Assert.Single(await RerateAsync(ledger, apply: true)).Changed);
        Assert.Equal(50, (await WholeDayAsync(ledger)).Single().CostMicroUsd);
        Assert.Equal(["23 m dev 1 0 10 1 0 20 2 50 0"], await DailyAsync());
        Time.Advance(UsageDay.SettlesAfter);
        await rollups.RollUpAsync(Time.GetUtcNow(), default);
        Assert.Equal(1, await rollups.RollUpAsync(Time.GetUtcNow(), default));
        Assert.Equal(50, (await WholeDayAsync(ledger)).Single().CostMicroUsd);
    }

    [Fact]
    public async Task RerateAsync_DayWhoseRowsAreDeleted_IsRefused()
    {
        var ledger = Start();
        var rollups = (IUsageRollups)ledger;
        for (var i = 0; i < 3; i++)
        {
            ledger.Settle(Settled(Call(key: $"k{i}")) with { Deployment = "a" });
        }
        await ReadAsync(ledger);
        Time.Advance(TimeSpan.FromDays(40));
        await rollups.RollUpAsync(Time.GetUtcNow(), default);
        await rollups.DeleteAsync(new UsageRetention(31, null), Time.GetUtcNow(), 1, default);

        var tenant = Assert.Single(await RerateAsync(ledger, apply: true));
        Assert.Equal((0, 0, false), (tenant.Rows, tenant.Changed, tenant.IsWhole));
        Assert.Equal(UsageDay.Of(Some.Now), Assert.Single(tenant.SealedDays));
        Assert.Equal(9, (await WholeDayAsync(ledger)).Single().CostMicroUsd);
        await rollups.DeleteAsync(new UsageRetention(31, null), Time.GetUtcNow(), 1000, default);
        Assert.Single(Assert.Single(await RerateAsync(ledger, apply: false)).SealedDays);
    }

    [Fact]
    public async Task RerateAsync_WhatCannotBeRated_StaysAsItWas()
    {
        var ledger = Start();
        await OpenAsync(ledger, Call());
        await OpenAsync(ledger, Call(at: Some.Now.AddMinutes(-20)));
        await ledger.ReconcileAsync(Some.Now - OpenedCall.Longest, default);
        ledger.Settle(Settled(Call()) with { Deployment = "gone", PriceVersion = "x y" });
        ledger.Settle(Settled(Call()) with { Deployment = "a", PriceVersion = "y" });
        await ReadAsync(ledger);

        var one = Assert.Single(await RerateAsync(ledger, apply: true, version: "x"));
        Assert.Equal((1, 0, 1), (one.Rows, one.Changed, one.Count(RatingOutcome.NoDeployment)));
        var tenant = Assert.Single(await RerateAsync(ledger, apply: true));
        Assert.Equal((3, 1, 1, 1, false), (tenant.Rows, tenant.Changed, tenant.Count(RatingOutcome.NoDeployment), tenant.Count(RatingOutcome.Bound), tenant.IsWhole));
        Assert.Equal((36, 83), (tenant.OldMicroUsd, tenant.NewMicroUsd));
        Assert.Equal(83, (await ReadAsync(ledger)).Sum(total => total.CostMicroUsd));
    }

    [Fact]
    public async Task RerateAsync_MoreThanABatch_ChangesThemAll()
    {
        var ledger = Start(capacity: 2_000);
        for (var i = 0; i < 1_205; i++)
        {
            ledger.Settle(Settled(Call()) with { Deployment = "a" });
        }
        await ReadAsync(ledger);
        Assert.Equal(1_205, Assert.Single(await RerateAsync(ledger, apply: true)).Changed);
        Assert.Equal(0, Assert.Single(await RerateAsync(ledger, apply: true)).Changed);
        Assert.Equal(1_205 * 50, (await ReadAsync(ledger)).Single().CostMicroUsd);
    }

    [Fact]
    public async Task RerateAsync_And_RebuildAsync_NothingThere_AreNothing()
    {
        var ledger = Start();
        Assert.Empty(await RerateAsync(ledger, apply: true));
        Assert.Empty(await ((IUsageRerating)ledger).RerateAsync(new RerateRequest(null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, null, Apply: true), Dearer, Time.GetUtcNow(), null, default));
        Assert.Equal(0, await ((IUsageRollups)ledger).RebuildAsync(null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Time.GetUtcNow(), default));
    }

    [Fact]
    public async Task RebuildAsync_NoTenant_IsAllOfThem()
    {
        var ledger = Start();
        ledger.Settle(Settled(Call()));
        ledger.Settle(Settled(Call(tenant: "a/b")));
        await ReadAsync(ledger);
        await ledger.ReadAsync("a/b", null, Some.Now, Some.Now.AddDays(1), default);
        Assert.Equal(2, await ((IUsageRollups)ledger).RebuildAsync(null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Some.Now, default));
        Assert.Equal(2, (await DailyAsync()).Count);
    }

    /// <summary>The day of <see cref="Some.Now"/>, by prices at which a settled call of deployment <c>a</c> costs 50.</summary>
    private protected async Task<IReadOnlyList<TenantRerate>> RerateAsync(IUsageLedger ledger, bool apply, string? version = null, Rater? rater = null)
    {
        var day = UsageDay.Start(UsageDay.Of(Some.Now));
        return await ((IUsageRerating)ledger).RerateAsync(new RerateRequest("acme", day, day.AddDays(1), version, apply), rater ?? Dearer, Time.GetUtcNow(), null, default);
    }
}
