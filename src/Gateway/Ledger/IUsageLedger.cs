using Tollgate.Errors;
using Tollgate.Ledger.Reading;

namespace Tollgate.Ledger;

/// <summary>
/// Keeps one row for every call. A row is known by its request id: to write it again changes nothing, and an opening never overwrites a
/// settlement, however late it comes.
/// </summary>
internal interface IUsageLedger : IAsyncDisposable
{
    /// <summary>
    /// Opens a call's row. When this is done the row outlives the process, so that no upstream serves a call without a row; but for a call with
    /// <see cref="OpenedCall.MayLag"/>, which is not held up by an outage.
    /// </summary>
    /// <returns>
    /// False when the ledger cannot keep up, or did not manage within <see cref="WriteBehind.Patience"/>: the call must not be made.
    /// It has no row then, or a settled one that says 503.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller left. The call has no row then, or a settled one that says 499.</exception>
    ValueTask<bool> OpenAsync(OpenedCall call, CancellationToken cancellationToken);

    /// <summary>Completes a call's row, behind the call's back. It is never refused, and kept until it is written.</summary>
    void Settle(SettledCall settled);

    /// <summary>
    /// Adds to groups what is asked of a tenant's usage: whole closed days from their sums, the rest from the calls' rows. All calls settled
    /// before are in it.
    /// </summary>
    /// <exception cref="CallerErrorException">503: the rows cannot be read, or what was settled is not written yet. 400: rows that are needed are deleted.</exception>
    ValueTask ReadAsync(UsageQuery query, UsageGroups groups, CancellationToken cancellationToken);

    /// <summary>The next tenants that have usage, in the order of <see cref="UsagePartition.PrefixOf"/>.</summary>
    /// <param name="after">The tenant that they come after, with usage or not; null: from the first on.</param>
    /// <param name="most">Most of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CallerErrorException">503: the rows cannot be read.</exception>
    ValueTask<IReadOnlyList<string>> TenantsAsync(string? after, int most, CancellationToken cancellationToken);

    /// <summary>What each call used, or can use, that is charged to a budget lease and was opened at <paramref name="since"/> or later.</summary>
    /// <exception cref="CallerErrorException">503: the rows cannot be read, or what was settled is not written yet.</exception>
    ValueTask<IReadOnlyList<LeaseUse>> ReadLeaseAsync(string tenant, string leaseId, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>
    /// Closes rows that a dead instance left open: those opened before <paramref name="olderThan"/> become reconciled, estimated, and used
    /// their bounds, since nobody knows better. A settlement that arrives afterwards replaces that. Doing it twice, or on two instances
    /// at a time, is as good as once.
    /// </summary>
    /// <param name="olderThan">At least <see cref="OpenedCall.Longest"/> ago: a younger call may still go on.</param>
    /// <param name="cancellationToken">Ends it; what is done stays done.</param>
    /// <returns>How many rows it closed.</returns>
    /// <exception cref="CallerErrorException">503: the rows cannot be read or written.</exception>
    ValueTask<int> ReconcileAsync(DateTimeOffset olderThan, CancellationToken cancellationToken);

    /// <summary>Why rows cannot be written, one sentence without any secret; null when they can.</summary>
    string? Problem { get; }
}
