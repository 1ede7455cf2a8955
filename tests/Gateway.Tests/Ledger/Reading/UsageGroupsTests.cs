using Tollgate.Ledger.Reading;

namespace Tollgate.Gateway.Tests.Ledger.Reading;

public sealed class UsageGroupsTests
{
    private static readonly UsageDimension[] By = [UsageDimension.User, UsageDimension.Day, UsageDimension.Model];

    /// <summary>Pages of any size, of parts in any order, are together what sorting everything gives.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1000)]
    public void ToPage_AllPagesTogether_AreAllGroupsInTheirOrder(int most)
    {
        var random = new Random(most);
        string?[] users = [null, "", "a", "B", "é", "=1", "\uffff"];
        var parts = Enumerable.Range(0, 2000).Select(_ => new UsagePoint(
            "acme", $"m{random.Next(4)}", "dev", users[random.Next(users.Length)], new DateOnly(2026, 1, 1).AddDays(random.Next(9)))).ToArray();
        var expected = parts.GroupBy(part => (part.User, part.Day, part.Model))
            .OrderBy(group => group.Key.User is not null).ThenBy(group => group.Key.User, StringComparer.Ordinal).ThenBy(group => group.Key.Day).ThenBy(group => group.Key.Model, StringComparer.Ordinal)
            .Select(group => ((string?)group.Key.User, $"{group.Key.Day:yyyy-MM-dd}", group.Key.Model, (long)group.Count()));

        var found = new List<UsageGroup>();
        IReadOnlyList<string?>? next = null;
        do
        {
            var groups = new UsageGroups(By, most, next);
            Parallel.ForEach(parts.OrderBy(_ => random.Next()).ToArray(), part => groups.Add(part, new UsageSums { Requests = 1 }));
            var page = groups.ToPage();
            Assert.InRange(page.Groups.Count, 1, most);
            found.AddRange(page.Groups);
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(expected, found.Select(group => (group.Values[0], group.Values[1]!, group.Values[2], group.Sums.Requests)));
    }

    [Fact]
    public void ToPage_NothingAdded_IsEmptyAndTheLast()
    {
        var page = new UsageGroups(By, 10, after: null).ToPage();
        Assert.Empty(page.Groups);
        Assert.Null(page.Next);
    }
}
