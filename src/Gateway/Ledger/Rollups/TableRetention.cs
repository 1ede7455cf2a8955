using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Tollgate.Tables;

namespace Tollgate.Ledger.Rollups;

/// <summary>Deletes old partitions of tables <c>Usage</c> and <c>UsageDaily</c> in entity-group transactions.</summary>
internal sealed class TableRetention(TableAccount account, TableUsageRollups rollups)
{
    private const int Batch = 100;

    private readonly TableTenantScan tenants = new(account, UsageEntity.Table);
    private readonly TableTenantScan summed = new(account, DailyEntity.Table);
    private readonly TableDayRollup rollup = new(account);

    /// <inheritdoc cref="IUsageRollups.DeleteAsync"/>
    /// <exception cref="TableUnavailableException">A table cannot be read or written.</exception>
    public Task<int> RunAsync(UsageRetention retention, DateTimeOffset now, int most, CancellationToken cancellationToken) => account.ExplainAsync("delete from the usage tables", async () =>
    {
        var deleted = 0;
        if (retention.UsageDays is not null)
        {
            await foreach (var partition in tenants.FirstPartitionsAsync(cancellationToken))
            {
                deleted += await DeleteUsageAsync(partition, retention.FirstDay(now), now, most - deleted, cancellationToken);
            }
        }
        if (retention.DailyMonths is not null)
        {
            await foreach (var partition in summed.FirstPartitionsAsync(cancellationToken))
            {
                deleted += await DeleteAsync(DailyEntity.Table, partition, summed, retention.FirstDailyDay(now), _ => Task.FromResult(true), most - deleted, cancellationToken);
            }
        }
        return deleted;
    });

    private Task<int> DeleteUsageAsync(string partition, DateOnly kept, DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        DeleteAsync(UsageEntity.Table, partition, tenants, kept, old => SealAsync(old, now, cancellationToken), most, cancellationToken);

    /// <summary>Deletes a tenant's partitions, the oldest first.</summary>
    private async Task<int> DeleteAsync(string table, string? partition, TableTenantScan scan, DateOnly kept, Func<string, Task<bool>> mayGo, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (partition is not null && deleted < most && UsagePartition.Split(partition) is var (tenant, day) && day < kept && await mayGo(partition))
        {
            var (count, isEmpty) = await EmptyAsync(account.Table(table), partition, most - deleted, cancellationToken);
            deleted += count;
            partition = isEmpty ? await scan.FirstPartitionAsync(tenant, cancellationToken) : null;
        }
        return deleted;
    }

    /// <summary>From now on the day's sums are all that there is of it.</summary>
    /// <returns>False when the day still changes: its rows stay until the next run.</returns>
    private async Task<bool> SealAsync(string partition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (tenant, day) = UsagePartition.Split(partition);
        var known = await rollups.FindDayAsync(tenant, day, cancellationToken);
        if (known?.GetBoolean(DailyEntity.Sealed) == true)
        {
            return true;
        }
        if (known?.GetBoolean(DailyEntity.Closed) != true)
        {
            await rollup.RunAsync(tenant, day, known, now, cancellationToken);
            known = await rollups.FindDayAsync(tenant, day, cancellationToken);
        }
        if (known?.GetBoolean(DailyEntity.Closed) != true)
        {
            return false;
        }
        try
        {
            var own = new TableEntity(known.PartitionKey, known.RowKey) { [DailyEntity.Sealed] = true };
            await account.Table(DailyEntity.Table).UpdateEntityAsync(own, known.ETag, TableUpdateMode.Merge, cancellationToken);
            return true;
        }
        catch (RequestFailedException changed) when (changed.Status == 412)
        {
            return false;
        }
    }

    /// <summary>Deletes about as many rows of a partition as are wanted.</summary>
    private static async Task<(int Deleted, bool IsEmpty)> EmptyAsync(TableClient table, string partition, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        try
        {
            await foreach (var page in table.QueryAsync<TableEntity>(row => row.PartitionKey == partition, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken).AsPages())
            {
                foreach (var rows in page.Values.Chunk(Batch))
                {
                    if (deleted >= most)
                    {
                        return (deleted, false);
                    }
                    await table.SubmitTransactionAsync(rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), cancellationToken);
                    deleted += rows.Length;
                }
            }
            return (deleted, true);
        }
        catch (RequestFailedException gone) when (gone.Status == 404 && gone.ErrorCode != TableErrorCode.TableNotFound)
        {
            // Another keeper deletes the same rows.
            return (deleted, false);
        }
    }
}
