using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Tollgate.Tables;

namespace Tollgate.Ledger.Rollups;

/// <summary>Goes through a table whose partitions begin with a tenant and a line: one small query for each tenant, never the whole table.</summary>
internal sealed class TableTenantScan(TableAccount account, string name)
{
    /// <summary>The first partition of each tenant; none of a table that is not there.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="after">Any key of the tenant that they come after; null: from the first on.</param>
    public async IAsyncEnumerable<string> FirstPartitionsAsync([EnumeratorCancellation] CancellationToken cancellationToken, string? after = null)
    {
        for (var partition = await NextAsync(after is null ? "" : UsagePartition.AfterTenantOf(after), cancellationToken); partition is not null; partition = await NextAsync(UsagePartition.AfterTenantOf(partition), cancellationToken))
        {
            yield return partition;
        }
    }

    /// <summary>The first partition of one tenant; null where it has none.</summary>
    /// <param name="tenant">Its escaped id.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<string?> FirstPartitionAsync(string tenant, CancellationToken cancellationToken) =>
        await NextAsync(tenant + '|', cancellationToken) is { } partition && partition.StartsWith(tenant + '|', StringComparison.Ordinal) ? partition : null;

    /// <summary>The first partition after a key.</summary>
    private async Task<string?> NextAsync(string after, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var row in account.Table(name).QueryAsync<TableEntity>(row => row.PartitionKey.CompareTo(after) > 0, maxPerPage: 1, select: ["PartitionKey"], cancellationToken: cancellationToken))
            {
                return row.PartitionKey;
            }
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            // It has no rows.
        }
        return null;
    }
}
