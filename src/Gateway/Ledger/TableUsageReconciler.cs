using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Tollgate.Ledger.Rollups;
using Tollgate.Tables;

namespace Tollgate.Ledger;

/// <summary>
/// Closes rows of table <c>Usage</c> that were left open. It goes from tenant to tenant, one small query each, and reads their open rows
/// of the last days alone: never the whole table.
/// </summary>
internal sealed class TableUsageReconciler(TableAccount account, LateRows late)
{
    /// <summary>How far back open rows are looked for. It runs far more often than this.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromDays(3);

    private readonly TableClient table = account.Table(UsageEntity.Table);

    /// <returns>How many rows it closed.</returns>
    /// <exception cref="TableUnavailableException">The table cannot be read or written.</exception>
    public async Task<int> RunAsync(DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        try
        {
            var closed = 0;
            await foreach (var partition in new TableTenantScan(account, UsageEntity.Table).FirstPartitionsAsync(cancellationToken))
            {
                closed += await CloseAsync(partition, olderThan, cancellationToken);
            }
            return closed;
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            return 0;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            throw new TableUnavailableException(account.Problem(failed, $"reconcile table '{UsageEntity.Table}'"));
        }
    }

    private async Task<int> CloseAsync(string partition, DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        var (first, last) = (UsagePartition.SameTenant(partition, olderThan - Reach), UsagePartition.SameTenant(partition, olderThan));
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey le {last} and State eq {UsageEntity.Open} and OpenedAt lt {olderThan}");
        var closed = 0;
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey", "BoundTokens", "BoundMicroUsd"], cancellationToken: cancellationToken))
        {
            closed += await TryCloseAsync(row, cancellationToken) ? 1 : 0;
        }
        return closed;
    }

    /// <summary>False when it was settled or closed meanwhile.</summary>
    private async Task<bool> TryCloseAsync(TableEntity row, CancellationToken cancellationToken)
    {
        await late.AnnounceAsync(row.PartitionKey, cancellationToken);
        try
        {
            await table.UpdateEntityAsync(UsageEntity.Reconciling(row), row.ETag, TableUpdateMode.Merge, cancellationToken);
            return true;
        }
        catch (RequestFailedException changed) when (changed.Status is 412 or 404 && changed.ErrorCode != TableErrorCode.TableNotFound)
        {
            return false;
        }
    }
}
