using Tollgate.Errors;

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
    /// Sums by model what a tenant, or one of its keys, used from <paramref name="from"/> up to <paramref name="to"/>, by the time of
    /// opening; all calls settled before are in it.
    /// </summary>
    /// <exception cref="CallerErrorException">503: the rows cannot be read, or what was settled is not written yet.</exception>
    ValueTask<IReadOnlyList<UsageTotal>> ReadAsync(string tenant, string? key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

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

/// <summary>Sums of one model.</summary>
internal sealed record UsageTotal(string Model, long Requests, long PromptTokens, long CachedTokens, long CompletionTokens, long ReasoningTokens, long CostMicroUsd)
{
    /// <summary>Both together, of the same model.</summary>
    public UsageTotal Plus(UsageTotal other) => new(
        Model,
        Requests + other.Requests,
        PromptTokens + other.PromptTokens,
        CachedTokens + other.CachedTokens,
        CompletionTokens + other.CompletionTokens,
        ReasoningTokens + other.ReasoningTokens,
        CostMicroUsd + other.CostMicroUsd);
}
