namespace Tollgate.Ledger.Rerating;

/// <summary>What is to be rated again.</summary>
/// <param name="Tenant">One tenant's calls; null: everybody's.</param>
/// <param name="From">Calls that were opened then or later.</param>
/// <param name="To">And before then.</param>
/// <param name="PriceVersion">Only what was rated with this price list; null: all.</param>
/// <param name="Apply">Writes what changes; else it is only counted.</param>
internal sealed record RerateRequest(string? Tenant, DateTimeOffset From, DateTimeOffset To, string? PriceVersion, bool Apply);

/// <summary>What rating one tenant's calls again comes to.</summary>
internal sealed class TenantRerate(string tenant)
{
    private readonly Dictionary<RatingOutcome, long> unrated = [];

    public string Tenant => tenant;

    /// <summary>Calls looked at.</summary>
    public long Rows { get; private set; }

    /// <summary>Of them, those whose cost changes.</summary>
    public long Changed { get; private set; }

    /// <summary>Micro-USD of all calls as it was.</summary>
    public long OldMicroUsd { get; private set; }

    /// <summary>Micro-USD of all calls as it is now, or would be; what cannot be rated or written counts as it was.</summary>
    public long NewMicroUsd { get; private set; }

    /// <summary>Calls that change while this goes on: they are left for another run.</summary>
    public long Conflicts { get; private set; }

    /// <summary>Days whose rows are deleted, or about to be: nothing of them changes.</summary>
    public List<DateOnly> SealedDays { get; } = [];

    /// <summary>Days of calls that changed.</summary>
    public SortedSet<DateOnly> Days { get; } = [];

    /// <summary>How many calls came to that.</summary>
    public long Count(RatingOutcome outcome) => unrated.GetValueOrDefault(outcome);

    /// <summary>Everything asked for was done, or would be.</summary>
    public bool IsWhole => Conflicts == 0 && SealedDays.Count == 0 && unrated.Keys.All(outcome => outcome == RatingOutcome.Bound);

    /// <summary>Counts a call.</summary>
    /// <returns>Its cost changes.</returns>
    public bool Add(RatedRow row, in Rating rating)
    {
        Rows++;
        OldMicroUsd += row.CostMicroUsd;
        if (rating.Outcome != RatingOutcome.Rated)
        {
            unrated[rating.Outcome] = Count(rating.Outcome) + 1;
        }
        var changes = rating.Outcome == RatingOutcome.Rated && rating.CostMicroUsd != row.CostMicroUsd;
        NewMicroUsd += changes ? rating.CostMicroUsd : row.CostMicroUsd;
        if (changes)
        {
            Changed++;
            Days.Add(Rollups.UsageDay.Of(row.OpenedAt));
        }
        return changes;
    }

    /// <summary>A call that was counted as changed could not be written.</summary>
    public void AddConflict(RatedRow row, in Rating rating)
    {
        Conflicts++;
        Changed--;
        NewMicroUsd += row.CostMicroUsd - rating.CostMicroUsd;
    }
}
