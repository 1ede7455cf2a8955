namespace Tollgate.Budgets;

/// <summary>Knows for each scope what is spent and who holds what. Every instance asks the same one.</summary>
internal interface IBudgetAuthority
{
    /// <summary>Other instances may hold leases of the same scopes. One that is not shared answers at once.</summary>
    bool IsShared { get; }

    /// <summary>Tells it a message, and gives how the lease stands once it has taken it in.</summary>
    /// <param name="scope">Whose budget.</param>
    /// <param name="report">The message.</param>
    /// <param name="isAwaited">A caller waits for the answer: else it may take its time.</param>
    /// <param name="cancellationToken">Ends the waiting, not the message.</param>
    /// <exception cref="BudgetUnavailableException">It does not answer in time. The message may have arrived all the same.</exception>
    ValueTask<LeaseView> TellAsync(string scope, LeaseReport report, bool isAwaited, CancellationToken cancellationToken);

    /// <summary>Takes a lease that waits to be taken, which is faster than to ask; null when there is none.</summary>
    ValueTask<ClaimedLease?> ClaimAsync(BudgetScope scope, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>The authority cannot be asked.</summary>
internal sealed class BudgetUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
