using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Ledger;
using Tollgate.Ledger.Reading;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Gateway.Tests.Ledger;

/// <summary>What every ledger promises of usage that is read by groups.</summary>
public abstract partial class UsageLedgerContract
{
    private static readonly string?[] Users = [null, "u", "=1+1", "公/司|'"];

    /// <summary>Any groups, any page, whatever was summed up meanwhile: the sums of the rows, by all nine numbers.</summary>
    [Fact]
    public async Task ReadAsync_AnyGroups_AreTheSumsOfTheRows()
    {
        var random = new Random(1);
        var ledger = Start(capacity: 5000);
        var pages = new UsagePages(ledger);
        var rows = new List<SettledCall>();
        for (var day = 0; day < 5; day++)
        {
            for (var i = 0; i < 40; i++)
            {
                var settled = new SettledCall(Call(
                    Models[random.Next(Models.Length)], key: Keys[random.Next(Keys.Length)], user: Users[random.Next(Users.Length)], at: Some.Now.AddDays(day).AddMinutes(random.Next(600))))
                {
                    Usage = new TokenUsage { Prompt = random.Next(100), CacheRead = random.Next(9), CacheWrite1h = random.Next(9), Completion = random.Next(100), Reasoning = random.Next(9) },
                    CostMicroUsd = random.Next(1000),
                    Estimated = random.Next(3) == 0,
                    Status = (CallStatus)random.Next(4),
                };
                ledger.Settle(settled);
                rows.Add(settled);
            }
            Time.Advance(TimeSpan.FromDays(1));
        }
        await OpenAsync(ledger, Call("open"));
        await ReadAsync(ledger);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 25; i++)
            {
                var by = Enum.GetValues<UsageDimension>().OrderBy(_ => random.Next()).Take(random.Next(1, 5)).ToArray();
                var from = Some.Now.AddHours(random.Next(-24, 72));
                var listing = new UsageListing(from, from.AddHours(random.Next(1, 100)), by, random.Next(1, 60), After: null);
                var key = random.Next(2) == 0 ? null : Keys[random.Next(Keys.Length)];
                Assert.Equal(Expected(listing, key), await ReadPagesAsync(listing, after => pages.ReadAsync("acme", key, after, default)));
            }
            await ((IUsageRollups)ledger).RollUpAsync(Time.GetUtcNow(), default);
        }

        IEnumerable<string> Expected(UsageListing listing, string? key) => rows
            .Where(row => row.Call.OpenedAt >= listing.From && row.Call.OpenedAt < listing.To && (key is null || row.Call.Key == key))
            .GroupBy(row => string.Join('\u0002', listing.By.Select(dimension =>
                new UsagePoint(row.Call.Tenant, row.Call.Model, row.Call.Key, row.Call.User, UsageDay.Of(row.Call.OpenedAt))[dimension] ?? "\u0000")))
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {Text(UsageSums.Of(group.Select(Sums)))}");
    }

    [Fact]
    public async Task ReadAsync_ByUser_WhoseRowsAreDeleted_IsRefused_AsIsAPartOfSuchADay()
    {
        var ledger = Start();
        var pages = new UsagePages(ledger);
        ledger.Settle(Settled(Call(user: "u")));
        await ReadAsync(ledger);
        Time.Advance(TimeSpan.FromDays(40));
        await ((IUsageRollups)ledger).DeleteAsync(new UsageRetention(31, null), Time.GetUtcNow(), 1000, default);

        var day = UsageDay.Start(UsageDay.Of(Some.Now));
        var whole = new UsageListing(day, day.AddDays(1), [UsageDimension.Day], 10, After: null);
        Assert.Equal(1, Assert.Single((await pages.ReadAsync("acme", null, whole, default)).Groups).Sums.Requests);
        foreach (var wrong in new[] { whole with { By = [UsageDimension.User] }, whole with { From = day.AddHours(1) }, whole with { To = day.AddHours(23) } })
        {
            var refused = await Assert.ThrowsAsync<CallerErrorException>(() => pages.ReadAsync("acme", null, wrong, default));
            Assert.Equal((400, "from", "usage_deleted"), (refused.Status, refused.Param, refused.Code));
            Assert.Contains("2026-11-23", refused.Message, StringComparison.Ordinal);
        }
        Assert.Empty((await pages.ReadAsync("acme", null, whole with { From = day.AddDays(35), To = day.AddDays(36), By = [UsageDimension.User] }, default)).Groups);
    }

    [Fact]
    public async Task TenantsAsync_TenantsOfRowsAndOfSums_ComeInTheirOrder()
    {
        var ledger = Start();
        Assert.Empty(await ledger.TenantsAsync(null, 10, default));
        string[] tenants = ["A", "a", "a-b", "a0", "a/b", "b", "公"];
        foreach (var tenant in tenants.Reverse())
        {
            ledger.Settle(Settled(Call(tenant: tenant)));
            await ledger.ReadAsync(tenant, null, Some.Now, Some.Now.AddDays(1), default);
        }
        Time.Advance(TimeSpan.FromDays(40));
        await ((IUsageRollups)ledger).DeleteAsync(new UsageRetention(31, null), Time.GetUtcNow(), 1000, default);
        Assert.Empty(await RowsAsync());
        ledger.Settle(Settled(Call(tenant: "a00")));
        await ledger.ReadAsync("a00", null, Some.Now, Some.Now.AddDays(1), default);

        string[] expected = ["公", "A", "a-b", "a00", "a0", "a/b", "a", "b"];
        Assert.Equal(expected, await ledger.TenantsAsync(null, 10, default));
        Assert.Equal(expected[1..4], await ledger.TenantsAsync("公", 3, default));
        Assert.Equal(expected[3..], await ledger.TenantsAsync("a.nobody", 10, default));
        Assert.Empty(await ledger.TenantsAsync("b", 10, default));
    }

    /// <summary>More tenants than are read at a time, some with nothing in the time that is asked for.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1000)]
    public async Task ReadAllAsync_PagesOfAllTenants_AreAllOfIt_EachGroupOnce(int most)
    {
        var ledger = Start();
        var pages = new UsagePages(ledger);
        for (var i = 0; i < 20; i++)
        {
            var tenant = $"t{i:00}";
            foreach (var model in Models[..(i % 3)])
            {
                ledger.Settle(Settled(Call(model, tenant)));
            }
            ledger.Settle(Settled(Call("old", tenant, at: Some.Now.AddDays(-1))));
            await ledger.ReadAsync(tenant, null, Some.Now, Some.Now.AddDays(1), default);
        }
        var listing = new UsageListing(Some.Now, Some.Now.AddDays(1), [UsageDimension.Tenant, UsageDimension.Model], most, After: null);
        var expected = Enumerable.Range(0, 20).SelectMany(i => Models[..(i % 3)].Order(StringComparer.Ordinal).Select(model => $"t{i:00}\u0002{model}"));

        Assert.Equal(expected, (await ReadPagesAsync(listing, after => pages.ReadAllAsync(after, default))).Select(group => group.Split(' ')[0]));
        Assert.Equal(
            Enumerable.Range(0, 20).Where(i => i % 3 > 0).Select(i => $"t{i:00} {i % 3}"),
            (await ReadPagesAsync(listing with { By = [UsageDimension.Tenant] }, after => pages.ReadAllAsync(after, default))).Select(group => string.Join(' ', group.Split(' ')[..2])));
        Assert.Equal(
            Models[..2].Order(StringComparer.Ordinal).Select(model => $"{model} {(model == Models[0] ? 13 : 6)}"),
            (await ReadPagesAsync(listing with { By = [UsageDimension.Model] }, after => pages.ReadAllAsync(after, default))).Select(group => string.Join(' ', group.Split(' ')[..2])));
    }

    /// <summary>All pages: of each group its values and its numbers.</summary>
    private static async Task<IReadOnlyList<string>> ReadPagesAsync(UsageListing listing, Func<UsageListing, Task<UsagePage>> read)
    {
        var found = new List<string>();
        do
        {
            var page = await read(listing);
            Assert.True(page.Groups.Count <= listing.Most);
            found.AddRange(page.Groups.Select(group => $"{string.Join('\u0002', group.Values.Select(value => value ?? "\u0000"))} {Text(group.Sums)}"));
            listing = listing with { After = page.Next };
        }
        while (listing.After is not null);
        return found;
    }

    private static UsageSums Sums(SettledCall settled) => new()
    {
        Requests = 1,
        Failed = settled.Status == CallStatus.Failed ? 1 : 0,
        Estimated = settled.Estimated ? 1 : 0,
        PromptTokens = settled.Usage.Prompt,
        CachedTokens = settled.Usage.CacheRead,
        CacheWriteTokens = settled.Usage.CacheWrite1h,
        CompletionTokens = settled.Usage.Completion,
        ReasoningTokens = settled.Usage.Reasoning,
        CostMicroUsd = settled.CostMicroUsd,
    };

    private static string Text(UsageSums sums) =>
        $"{sums.Requests} {sums.Failed} {sums.Estimated} {sums.PromptTokens} {sums.CachedTokens} {sums.CacheWriteTokens} {sums.CompletionTokens} {sums.ReasoningTokens} {sums.CostMicroUsd}";
}
