using System.Collections.Concurrent;
using Tollgate.Budgets.Alerts;

namespace Tollgate.Budgets;

/// <summary>Budgets kept in this process, for one instance alone, as LocalHost is. What nobody holds and no window remembers is forgotten.</summary>
internal sealed class InProcessBudgets : IBudgetAuthority, IDisposable
{
    private static readonly TimeSpan SweptEvery = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, BudgetState> scopes = new(StringComparer.Ordinal);
    private readonly TimeProvider time;
    private readonly BudgetAlerts? alerts;
    private readonly ITimer sweeping;

    /// <param name="time">The clock.</param>
    /// <param name="alerts">Tells how far budgets are used up; null: nobody does.</param>
    public InProcessBudgets(TimeProvider time, BudgetAlerts? alerts = null)
    {
        (this.time, this.alerts) = (time, alerts);
        sweeping = time.CreateTimer(_ => Sweep(), null, SweptEvery, SweptEvery);
    }

    public bool IsShared => false;

    /// <summary>Scopes of which something is known.</summary>
    public int Count => scopes.Count;

    public ValueTask<LeaseView> TellAsync(string scope, LeaseReport report, bool isAwaited, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = scopes.GetOrAdd(scope, static _ => new BudgetState { Life = TimeSpan.MaxValue });
            IReadOnlyList<ThresholdCrossing> crossed;
            LeaseView view;
            lock (state)
            {
                if (scopes.GetValueOrDefault(scope) != state)
                {
                    continue;
                }
                crossed = state.Apply(report, time.GetUtcNow());
                view = state.View(report.LeaseId);
            }
            alerts?.Raise(scope, crossed);
            return ValueTask.FromResult(view);
        }
    }

    public ValueTask<ClaimedLease?> ClaimAsync(BudgetScope scope, DateTimeOffset now, CancellationToken cancellationToken) => ValueTask.FromResult<ClaimedLease?>(null);

    public void Dispose() => sweeping.Dispose();

    private void Sweep()
    {
        foreach (var (scope, state) in scopes)
        {
            lock (state)
            {
                state.Expire(time.GetUtcNow());
                if (state.IsEmpty)
                {
                    scopes.TryRemove(scope, out _);
                }
            }
        }
    }
}
