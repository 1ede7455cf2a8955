namespace Tollgate.Ledger;

/// <summary>Keeps one row for every call. Writing is behind the call's back; nothing accepted is lost while the process lives.</summary>
internal interface IUsageLedger : IAsyncDisposable
{
    /// <summary>Opens a call's row.</summary>
    /// <returns>False when the ledger cannot keep up: the call must not be made.</returns>
    bool TryOpen(OpenedCall call);

    /// <summary>Completes a call's row.</summary>
    void Settle(SettledCall settled);

    /// <summary>Sums by model what a tenant, or one of its keys, used from <paramref name="from"/> up to <paramref name="to"/>; all calls settled before are in it.</summary>
    ValueTask<IReadOnlyList<UsageTotal>> ReadAsync(string tenant, string? key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<LeaseUse>> ReadLeaseAsync(string tenant, string leaseId, DateTimeOffset since, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>False with a reason when rows cannot be written.</summary>
    string? Problem { get; }
}

/// <summary>Sums of one model.</summary>
internal sealed record UsageTotal(string Model, long Requests, long PromptTokens, long CachedTokens, long CompletionTokens, long ReasoningTokens, long CostMicroUsd);
