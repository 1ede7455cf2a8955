using Tollgate.Conversation;
using Tollgate.Ledger;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Gateway.Tests.Ledger;

/// <summary>What every ledger promises of its daily sums.</summary>
public abstract partial class UsageLedgerContract
{
    private static readonly string[] Models = ["m", "a/b\\c#d?e", "é|%\u0001", new('/', 128)];

    private static readonly string[] Keys = ["dev", "ci/1", new('/', 128)];

    /// <summary>The daily sums as they are stored: day of the month, model, key, then the nine numbers in the order of the columns.</summary>
    private protected abstract Task<IReadOnlyList<string>> DailyAsync();

    /// <summary>Rows of some days in any order, settled at once, days later, or never; sums made now and then. Readers never see a difference.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ReadAsync_WhateverWasSummedUp_IsTheSumOfTheRows(int seed)
    {
        var random = new Random(seed);
        var ledger = Start();
        var rollups = (IUsageRollups)ledger;
        var (open, rows) = (new List<OpenedCall>(), new List<(OpenedCall Call, UsageTotal Total)>());
        for (var step = 0; step < 60; step++)
        {
            Time.Advance(TimeSpan.FromMinutes(random.Next(1, 600)));
            var now = Time.GetUtcNow();
            for (var i = random.Next(4); i > 0; i--)
            {
                var call = Call(Models[random.Next(Models.Length)], key: Keys[random.Next(Keys.Length)], at: now);
                await OpenAsync(ledger, call);
                open.Add(call);
            }
            foreach (var call in open.Where(_ => random.Next(3) == 0).ToArray())
            {
                var settled = Settled(call) with { CostMicroUsd = random.Next(1000), Usage = new TokenUsage { Prompt = random.Next(100), Completion = random.Next(100) } };
                ledger.Settle(settled);
                open.Remove(call);
                rows.Add((call, new UsageTotal(call.Model, 1, settled.Usage.Prompt, 0, settled.Usage.Completion, 0, settled.CostMicroUsd)));
            }
            await CompareAsync(now);
            if (random.Next(2) == 0)
            {
                await Task.WhenAll(Enumerable.Range(0, random.Next(1, 3)).Select(_ => rollups.RollUpAsync(now, default).AsTask()));
                await CompareAsync(now);
            }
        }
        await rollups.RebuildAsync("acme", Some.Now, Time.GetUtcNow(), Time.GetUtcNow(), default);
        await CompareAsync(Time.GetUtcNow());

        async Task CompareAsync(DateTimeOffset now)
        {
            var day = Some.Now.AddHours(-10).AddMinutes(-30).AddSeconds(-15);
            var (from, to) = (day.AddDays(random.Next(0, 4)).AddMinutes(random.Next(2) * random.Next(1440)), random.Next(2) == 0 ? now.AddSeconds(1) : day.AddDays(random.Next(3, 12)));
            var key = random.Next(2) == 0 ? null : Keys[random.Next(Keys.Length)];
            var expected = rows.Where(row => row.Call.OpenedAt >= from && row.Call.OpenedAt < to && (key is null || row.Call.Key == key))
                .GroupBy(row => row.Total.Model).Select(each => each.Select(row => row.Total).Aggregate((one, other) => one.Plus(other)));
            Assert.Equal(
                expected.OrderBy(total => total.Model, StringComparer.Ordinal),
                (await ledger.ReadAsync("acme", key, from, to, default)).OrderBy(total => total.Model, StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task RollUpAsync_SumsOfADay_AreByModelAndKey_AndAgainTheSame()
    {
        var ledger = Start();
        foreach (var call in new[] { Call(), Call(), Call(key: "ci"), Call("n") })
        {
            ledger.Settle(Settled(call));
        }
        ledger.Settle(Settled(Call()) with { Status = CallStatus.Failed, Estimated = true, Usage = new TokenUsage { Prompt = 1, CacheWrite5m = 2, CacheWrite1h = 3 } });
        await OpenAsync(ledger, Call("open"));
        await ReadAsync(ledger);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(1, await ((IUsageRollups)ledger).RollUpAsync(Some.Now.AddHours(1), default));
            Assert.Equal(["23 m ci 1 0 10 1 0 20 2 3 0", "23 m dev 3 1 21 2 5 40 4 9 1", "23 n dev 1 0 10 1 0 20 2 3 0"], await DailyAsync());
        }
    }

    [Fact]
    public async Task RollUpAsync_DayThatIsOver_IsSummedUpOnceMore_AndThenWhenItChanges()
    {
        var ledger = Start();
        var rollups = (IUsageRollups)ledger;
        var late = Call();
        await OpenAsync(ledger, late);
        ledger.Settle(Settled(Call()));
        await ReadAsync(ledger);
        var day = TimeSpan.FromDays(1);
        Assert.Equal(2, await RunAsync(day));
        Assert.Equal(1, await RunAsync(TimeSpan.FromMinutes(1)));

        ledger.Settle(Settled(late));
        Assert.Equal(2, (await ReadAsync(ledger)).Single().Requests);
        Assert.Equal(2, await RunAsync(UsageDay.SettlesAfter));
        Assert.Equal(1, await RunAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(["23 m dev 2 0 20 2 0 40 4 6 0"], await DailyAsync());
        Assert.Equal(2, (await ReadAsync(ledger)).Single().Requests);

        async Task<int> RunAsync(TimeSpan later)
        {
            Time.Advance(later);
            return await rollups.RollUpAsync(Time.GetUtcNow(), default);
        }
    }

    [Fact]
    public async Task ReconcileAsync_DayThatIsClosed_IsReadWithWhatItClosed()
    {
        var ledger = Start();
        await OpenAsync(ledger, Call());
        Time.Advance(TimeSpan.FromDays(1));
        await ((IUsageRollups)ledger).RollUpAsync(Time.GetUtcNow(), default);
        Assert.Empty(await ReadAsync(ledger));

        Assert.Equal(1, await ledger.ReconcileAsync(Time.GetUtcNow() - OpenedCall.Longest, default));
        Assert.Equal(new UsageTotal("m", 1, 20, 0, 0, 0, 30), Assert.Single(await WholeDayAsync(ledger)));
        Time.Advance(UsageDay.SettlesAfter);
        await ((IUsageRollups)ledger).RollUpAsync(Time.GetUtcNow(), default);
        Assert.Equal(["23 m dev 1 0 20 0 0 0 0 30 1"], await DailyAsync());
    }

    [Fact]
    public async Task DeleteAsync_OldRows_GoInSteps_AndTheirSumsStay()
    {
        var ledger = Start();
        var rollups = (IUsageRollups)ledger;
        for (var i = 0; i < 250; i++)
        {
            ledger.Settle(Settled(Call(key: $"k{i % 120}")));
        }
        ledger.Settle(Settled(Call(tenant: "other")));
        ledger.Settle(Settled(Call(at: Some.Now.AddDays(1))));
        var before = await WholeDayAsync(ledger);
        await ledger.ReadAsync("other", null, Some.Now, Some.Now.AddDays(1), default);
        Time.Advance(TimeSpan.FromDays(31));
        var (now, retention) = (Time.GetUtcNow(), new UsageRetention(31, null));

        Assert.Equal(100, await rollups.DeleteAsync(retention, now, 100, default));
        Assert.Equal(before, await WholeDayAsync(ledger));
        Assert.Equal(151, await rollups.DeleteAsync(retention, now, 1000, default));
        Assert.Equal(0, await rollups.DeleteAsync(retention, now, 1000, default));
        Assert.Single(await RowsAsync());
        Assert.Equal(before, await WholeDayAsync(ledger));

        await rollups.RebuildAsync("acme", DateTimeOffset.MinValue, DateTimeOffset.MaxValue, now, default);
        await rollups.RollUpAsync(now, default);
        Assert.Equal(before, await WholeDayAsync(ledger));
        Assert.Equal(250, before.Single().Requests);
    }

    [Fact]
    public async Task DeleteAsync_OldSums_GoAfterTheirRows()
    {
        var ledger = Start();
        var rollups = (IUsageRollups)ledger;
        ledger.Settle(Settled(Call()));
        ledger.Settle(Settled(Call(at: Some.Now.AddDays(40))));
        await ReadAsync(ledger);
        Time.Advance(TimeSpan.FromDays(60));
        var retention = new UsageRetention(36, 3);
        await rollups.RollUpAsync(Time.GetUtcNow(), default);
        await rollups.DeleteAsync(retention, Time.GetUtcNow(), 1000, default);
        Assert.Equal(1, (await WholeDayAsync(ledger)).Single().Requests);
        Assert.Single(await RowsAsync());

        Time.Advance(TimeSpan.FromDays(26));
        await rollups.DeleteAsync(retention, Time.GetUtcNow(), 1000, default);
        Assert.Empty(await WholeDayAsync(ledger));
        Assert.Equal(["02 m dev 1 0 10 1 0 20 2 3 0"], await DailyAsync());
        await rollups.RollUpAsync(Time.GetUtcNow(), default);
        Assert.Equal(["02 m dev 1 0 10 1 0 20 2 3 0"], await DailyAsync());
    }

    [Fact]
    public async Task RollUpAsync_NothingThere_IsNothing()
    {
        var rollups = (IUsageRollups)Start();
        Assert.Equal(0, await rollups.RollUpAsync(Some.Now, default));
        Assert.Equal(0, await rollups.RebuildAsync("acme", DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Some.Now, default));
        Assert.Equal(0, await rollups.DeleteAsync(new UsageRetention(31, 3), Some.Now, 1000, default));
    }

    private protected static async Task<IReadOnlyList<UsageTotal>> WholeDayAsync(IUsageLedger ledger)
    {
        var day = UsageDay.Start(UsageDay.Of(Some.Now));
        return await ledger.ReadAsync("acme", null, day, day.AddDays(1), default);
    }
}
