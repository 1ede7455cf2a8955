using Microsoft.Extensions.Logging;
using Tollgate.Budgets.Alerts;
using Tollgate.Ledger;
using Tollgate.Tables;

namespace Tollgate.Budgets.Entities;

/// <summary>
/// What a budget entity does with a message: the state machine's part, and what it needs of tables. An operation may be run again from the state
/// before it, after its effects on tables: every one of them can be repeated. An event raised by it may then be raised twice, with the same id.
/// </summary>
internal sealed partial class BudgetActor(LeaseSlots slots, IUsageLedger ledger, BudgetAlerts alerts, TimeProvider time, ILogger<BudgetActor> logger)
{
    /// <summary>What could not be done for want of a table or a row is tried again so much later.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(30);

    /// <summary>Takes in what an instance says.</summary>
    /// <returns>What the entity is to tell itself.</returns>
    public async Task<IReadOnlyList<BudgetReminder>> TellAsync(BudgetState state, BudgetTold told)
    {
        var now = time.GetUtcNow();
        state.Scope ??= told.Scope;
        var foundNone = state.IsNew(told.Report.LeaseId) && !told.Report.Ends;
        state.MintWanted = foundNone && state.MintedSoFar > 0 ? Math.Min(state.MintWanted + 1, BudgetState.MostMinted) : state.MintWanted;
        if (state.IsMintedNeeded(told.Report))
        {
            await LookAtSlotsAsync(state, withdraw: true, now);
        }
        else if (foundNone && state.Minted.Count > 0)
        {
            await LookAtSlotsAsync(state, withdraw: false, now);
        }
        alerts.Raise(state.Scope, state.Apply(told.Report, now));
        state.MintMissing(state.Scope, now);
        return Remind(state, now);
    }

    /// <summary>Does what is due: shows leases that wait to be taken, gives up what was not heard of, asks the ledger what it had spent.</summary>
    /// <param name="state">The state.</param>
    /// <param name="stored">Leases with lower numbers are part of a state that is stored.</param>
    /// <returns>What the entity is to tell itself.</returns>
    public async Task<IReadOnlyList<BudgetReminder>> TendAsync(BudgetState state, long stored)
    {
        if (state.Scope is not { } scope)
        {
            return [];
        }
        var now = time.GetUtcNow();
        if (state.TendsAt <= now)
        {
            state.TendsAt = null;
        }
        state.Expire(now);
        await ShowAsync(state, stored, now);
        await ReconcileAsync(state, now);
        state.MintMissing(scope, now);
        return Remind(state, now);
    }

    /// <summary>Learns from the rows which leases were taken, and takes back the others.</summary>
    private async Task LookAtSlotsAsync(BudgetState state, bool withdraw, DateTimeOffset now)
    {
        try
        {
            var key = ScopeKey.Of(state.Scope!);
            var rows = await slots.ReadAsync(key);
            foreach (var (id, minted) in state.Minted.ToList())
            {
                var row = rows.Find(slot => slot.Number == minted.Slot);
                if (row?.LeaseId == id && row.Windows is { } windows)
                {
                    state.Claim(id, windows, now);
                }
                else if (withdraw && await slots.TryReplaceAsync(key, LeaseSlot.Waiting(id, minted, row?.ETag ?? default) with { IsFree = false }))
                {
                    // Also where it was not shown yet: who may be about to show it is refused then.
                    state.Withdraw(id, now);
                }
            }
        }
        catch (TableUnavailableException unavailable)
        {
            LogUnavailable(logger, state.Scope!, unavailable.Message);
        }
    }

    private async Task ShowAsync(BudgetState state, long stored, DateTimeOffset now)
    {
        var unshown = state.Minted.Where(item => !item.Value.IsShown && item.Value.Number < stored).ToList();
        if (unshown.Count == 0)
        {
            return;
        }
        try
        {
            var key = ScopeKey.Of(state.Scope!);
            var rows = await slots.ReadAsync(key);
            foreach (var (id, minted) in unshown)
            {
                var row = rows.Find(slot => slot.Number == minted.Slot);
                if (row?.LeaseId != id)
                {
                    if (await slots.TryReplaceAsync(key, LeaseSlot.Waiting(id, minted, row?.ETag ?? default)))
                    {
                        state.Show(id);
                    }
                }
                else if (row.Windows is { } windows)
                {
                    state.Claim(id, windows, now);
                }
                else if (row.IsFree)
                {
                    state.Show(id);
                }
                else
                {
                    state.Withdraw(id, now);
                }
            }
        }
        catch (TableUnavailableException unavailable)
        {
            LogUnavailable(logger, state.Scope!, unavailable.Message);
        }
    }

    private async Task ReconcileAsync(BudgetState state, DateTimeOffset now)
    {
        foreach (var (id, lost) in state.Lost.Where(lost => !(now - lost.Value.AskedAt < Again)).ToList())
        {
            lost.AskedAt = now;
            try
            {
                var since = lost.Lines.Count > 0 ? lost.BeganAt - BudgetState.Skew : now;
                var rows = await ledger.ReadLeaseAsync(BudgetScope.TenantOf(state.Scope!), id, since, CancellationToken.None);
                alerts.Raise(state.Scope!, state.Reconcile(id, rows, now));
            }
            catch (Exception failed)
            {
                // Until the ledger can be read, all that the lease was granted counts as spent.
                LogNotReconciled(logger, id, failed.GetType().Name);
            }
        }
    }

    private static List<BudgetReminder> Remind(BudgetState state, DateTimeOffset now)
    {
        List<BudgetReminder> reminders = [];
        var hidden = state.Minted.Values.Where(minted => !minted.IsShown).Select(minted => minted.Number).DefaultIfEmpty(-1).Max();
        if (hidden >= state.RemindedOf)
        {
            state.RemindedOf = hidden + 1;
            reminders.Add(new BudgetReminder(state.MintedSoFar, null));
        }
        var due = state.NextExpiry ?? DateTimeOffset.MaxValue;
        if (hidden >= 0)
        {
            due = Earlier(due, now + Again);
        }
        foreach (var lost in state.Lost.Values)
        {
            due = Earlier(due, lost.AskedAt + Again ?? now);
        }
        if (due != DateTimeOffset.MaxValue && !(state.TendsAt > now && state.TendsAt <= due + BudgetState.Skew))
        {
            state.TendsAt = due;
            reminders.Add(new BudgetReminder(state.MintedSoFar, due));
        }
        return reminders;
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The waiting leases of {Scope} could not be looked after: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string scope, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger did not say what lost lease {Lease} had spent ({Exception}).")]
    private static partial void LogNotReconciled(ILogger logger, string lease, string exception);
}
