using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Tollgate.Tables;

namespace Tollgate.Budgets.Entities;

/// <summary>Where leases wait to be taken: table <c>Leases</c>.</summary>
internal sealed partial class LeaseSlots(TableAccount account, TimeProvider time, ILogger<LeaseSlots> logger)
{
    public const string Table = "Leases";

    /// <summary>Who wants a lease waits no longer for one of these, and asks.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>A scope's rows.</summary>
    /// <exception cref="TableUnavailableException">The table cannot be used.</exception>
    public Task<List<LeaseSlot>> ReadAsync(string key) => account.UseAsync(Table, "read", async (rows, cancellation) =>
    {
        List<LeaseSlot> slots = [];
        await foreach (var row in rows.QueryAsync<TableEntity>(row => row.PartitionKey == key, cancellationToken: cancellation))
        {
            slots.Add(LeaseSlot.Read(row));
        }
        return slots;
    });

    /// <summary>Puts a row in the place of the one it was made from; where that has no ETag, in the place of none.</summary>
    /// <returns>False: another was faster.</returns>
    /// <exception cref="TableUnavailableException">The table cannot be used. Whether the row was written is not known.</exception>
    public async Task<bool> TryReplaceAsync(string key, LeaseSlot slot)
    {
        try
        {
            return await account.UseAsync(Table, "write", async (rows, cancellation) =>
            {
                _ = slot.ETag == default
                    ? await rows.AddEntityAsync(slot.Write(key), cancellation)
                    : await rows.UpdateEntityAsync(slot.Write(key), slot.ETag, TableUpdateMode.Replace, cancellation);
                return true;
            });
        }
        catch (RequestFailedException changed) when (changed.Status is 409 or 412)
        {
            return false;
        }
    }

    /// <summary>Takes a lease that waits; null when there is none, or it cannot be had in good time.</summary>
    public async Task<ClaimedLease?> ClaimAsync(BudgetScope scope, DateTimeOffset now)
    {
        try
        {
            // One that is taken too late is found by the entity, and given up like that of an instance that died.
            return await TakeAsync(scope, now).WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            LogSlow(logger, scope.Id);
            return null;
        }
        catch (TableUnavailableException unavailable)
        {
            LogUnavailable(logger, scope.Id, unavailable.Message);
            return null;
        }
    }

    private async Task<ClaimedLease?> TakeAsync(BudgetScope scope, DateTimeOffset now)
    {
        var key = ScopeKey.Of(scope.Id);
        var free = (await ReadAsync(key)).FindAll(slot => slot.IsFree);
        // Those who look at the same time do not all try the same.
        Random.Shared.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(free));
        foreach (var slot in free)
        {
            var windows = slot.Grants.ToDictionary(grant => grant.Limit, grant => scope.WindowOf(grant.Limit, now));
            if (await TryReplaceAsync(key, slot with { IsFree = false, Windows = windows }))
            {
                return new ClaimedLease(slot.LeaseId, slot.TermsVersion, [.. slot.Grants.Select(grant => new GrantView(grant.Limit, windows[grant.Limit], grant.Amount, grant.Left, 0))]);
            }
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No waiting lease of {Scope} could be taken in good time.")]
    private static partial void LogSlow(ILogger logger, string scope);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No waiting lease of {Scope} could be taken: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string scope, string reason);
}
