using System.Collections.Concurrent;

namespace Tollgate.Budgets;

/// <summary>Knows for each scope what is spent and who holds what. Every instance asks the same one.</summary>
internal interface IBudgetAuthority
{
    /// <summary>Other instances may hold leases of the same scopes.</summary>
    bool IsShared { get; }

    /// <summary>Tells it a message, and gives how the lease stands once it has taken it in.</summary>
    /// <exception cref="BudgetUnavailableException">It does not answer in time. The message may have arrived all the same.</exception>
    ValueTask<LeaseView> TellAsync(string scope, LeaseReport report, CancellationToken cancellationToken);
}

/// <summary>The authority cannot be asked.</summary>
internal sealed class BudgetUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Budgets kept in this process, for one instance alone, as LocalHost is.</summary>
internal sealed class InProcessBudgets(TimeProvider time) : IBudgetAuthority
{
    private readonly ConcurrentDictionary<string, BudgetState> scopes = new(StringComparer.Ordinal);

    public bool IsShared => false;

    public ValueTask<LeaseView> TellAsync(string scope, LeaseReport report, CancellationToken cancellationToken)
    {
        var state = scopes.GetOrAdd(scope, static _ => new BudgetState { Life = TimeSpan.MaxValue });
        lock (state)
        {
            state.Apply(report, time.GetUtcNow());
            return ValueTask.FromResult(state.View(report.LeaseId));
        }
    }
}
