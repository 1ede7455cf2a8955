using Azure.Data.Tables;
using Tollgate.Tables;

namespace Tollgate.Ledger.Rollups;

/// <summary>
/// Says in table <c>UsageDaily</c>, before a row of a day that may be closed changes, that the day's sums are not to be relied upon. Said first, so
/// that a crash in between leaves a day that is summed up once too often, never a wrong sum.
/// </summary>
internal sealed class LateRows(TableAccount account, TimeProvider time)
{
    /// <summary>Costs nothing unless the day is over.</summary>
    /// <param name="partition">Of table <c>Usage</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Azure.RequestFailedException">It is not said, so the row may not be written.</exception>
    public async Task AnnounceAsync(string partition, CancellationToken cancellationToken)
    {
        var (tenant, day) = UsagePartition.Split(partition);
        var now = time.GetUtcNow();
        if (UsageDay.IsLate(day, now))
        {
            var changed = new TableEntity(DailyEntity.PartitionOfEscaped(tenant, day), DailyEntity.DayKey(day)) { [DailyEntity.Closed] = false, [DailyEntity.ChangedAt] = now };
            await account.MakeIfMissingAsync(DailyEntity.Table, daily => daily.UpsertEntityAsync(changed, TableUpdateMode.Merge, cancellationToken), cancellationToken);
        }
    }
}
