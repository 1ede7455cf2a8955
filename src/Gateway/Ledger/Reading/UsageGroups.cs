namespace Tollgate.Ledger.Reading;

/// <summary>
/// Takes parts of the usage in any order, from several threads, and keeps the sums of the first groups behind a position. Its memory is that
/// of a page, however many groups there are: a group that is put out never comes back, because those before it only become more.
/// </summary>
/// <param name="by">What groups are made by, which is also what they are sorted by: ordinal, nothing before something.</param>
/// <param name="most">Most groups it keeps.</param>
/// <param name="after">The values of the group that the page comes after; null: it is the first page.</param>
internal sealed class UsageGroups(IReadOnlyList<UsageDimension> by, int most, IReadOnlyList<string?>? after)
{
    private readonly SortedSet<UsageGroup> groups = new(Comparer<UsageGroup>.Create((one, other) => Compare(one.Values, other.Values)));
    private readonly Lock adding = new();
    private bool hasMore;

    public void Add(UsagePoint point, UsageSums sums)
    {
        var values = new string?[by.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = point[by[i]];
        }
        if (after is not null && Compare(values, after) <= 0)
        {
            return;
        }
        lock (adding)
        {
            Add(new UsageGroup(values, new UsageSums()), sums);
        }
    }

    public UsagePage ToPage() => new([.. groups], hasMore ? groups.Max!.Values : null);

    private void Add(UsageGroup group, UsageSums sums)
    {
        if (groups.TryGetValue(group, out var known))
        {
            known.Sums.Add(sums);
            return;
        }
        if (groups.Count == most)
        {
            hasMore = true;
            var last = groups.Max!;
            if (Compare(group.Values, last.Values) > 0)
            {
                return;
            }
            groups.Remove(last);
        }
        group.Sums.Add(sums);
        groups.Add(group);
    }

    private static int Compare(IReadOnlyList<string?> one, IReadOnlyList<string?> other)
    {
        var order = 0;
        for (var i = 0; order == 0 && i < one.Count; i++)
        {
            order = string.CompareOrdinal(one[i], other[i]);
        }
        return order;
    }
}

/// <summary>The sums of one group.</summary>
/// <param name="Values">One for each dimension, in their order; null where the calls do not say.</param>
/// <param name="Sums">Of its calls.</param>
internal sealed record UsageGroup(IReadOnlyList<string?> Values, UsageSums Sums);

/// <summary>Some groups, in their order.</summary>
/// <param name="Groups">May be none.</param>
/// <param name="Next">The position that the next page comes after; null: this is the last.</param>
internal sealed record UsagePage(IReadOnlyList<UsageGroup> Groups, IReadOnlyList<string?>? Next);
