namespace Tollgate.Ledger.Reading;

/// <summary>What is asked of one tenant's usage.</summary>
/// <param name="Tenant">Its id.</param>
/// <param name="Key">The name of one of its keys; null: all of them.</param>
/// <param name="From">First moment, by the time of opening.</param>
/// <param name="To">The moment after the last.</param>
/// <param name="By">What it is summed up by; may be nothing.</param>
internal sealed record UsageQuery(string Tenant, string? Key, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<UsageDimension> By)
{
    /// <summary>Daily sums do not say what is asked.</summary>
    public bool NeedsRows => By.Contains(UsageDimension.User);
}
