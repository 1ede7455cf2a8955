using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Tollgate.Tables;

namespace Tollgate.Ledger.Rollups;

/// <summary>Keeps table <c>UsageDaily</c>: finds the days that are to be summed up.</summary>
internal sealed class TableUsageRollups(TableAccount account)
{
    private readonly TableTenantScan tenants = new(account, UsageEntity.Table);
    private readonly TableTenantScan summed = new(account, DailyEntity.Table);
    private readonly TableDayRollup rollup = new(account);

    /// <summary>Looks at the days of this month and of the one before. An older day that changes is read from its rows until it is rebuilt.</summary>
    /// <returns>How many days it summed up.</returns>
    /// <exception cref="TableUnavailableException">A table cannot be read or written.</exception>
    public Task<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) => account.ExplainAsync($"sum up table '{UsageEntity.Table}'", async () =>
    {
        var today = UsageDay.Of(now);
        var reach = today.AddDays(1 - today.Day).AddMonths(-1);
        var count = 0;
        await foreach (var partition in tenants.FirstPartitionsAsync(cancellationToken))
        {
            var (tenant, first) = UsagePartition.Split(partition);
            count += await RunAsync(tenant, first > reach ? first : reach, today, day => !DailyEntity.IsTrusted(day), now, cancellationToken);
        }
        return count;
    });

    /// <param name="tenant">A tenant's id; null: all tenants.</param>
    /// <param name="first">First day.</param>
    /// <param name="last">Last day.</param>
    /// <param name="now">The time it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many days it summed up.</returns>
    /// <exception cref="TableUnavailableException">A table cannot be read or written.</exception>
    public Task<int> RebuildAsync(string? tenant, DateOnly first, DateOnly last, DateTimeOffset now, CancellationToken cancellationToken) => account.ExplainAsync($"sum up table '{UsageEntity.Table}'", async () =>
    {
        var count = 0;
        await foreach (var (escaped, begin) in TenantsAsync(tenant, cancellationToken))
        {
            count += await RunAsync(escaped, begin > first ? begin : first, last, day => day.GetBoolean(DailyEntity.Sealed) != true, now, cancellationToken);
        }
        return count;
    });

    /// <summary>A tenant, or every one that has rows: its escaped id, and the first day of which there may be anything.</summary>
    /// <param name="tenant">Its id; null: all tenants.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<(string Tenant, DateOnly First)> TenantsAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (tenant is not null)
        {
            var escaped = UsagePartition.Escape(tenant);
            if (await BeginAsync(escaped, cancellationToken) is { } begin)
            {
                yield return (escaped, begin);
            }
            yield break;
        }
        await foreach (var partition in tenants.FirstPartitionsAsync(cancellationToken))
        {
            var escaped = UsagePartition.Split(partition).Tenant;
            if (await BeginAsync(escaped, cancellationToken) is { } begin)
            {
                yield return (escaped, begin);
            }
        }
    }

    /// <summary>The day's own row; null when it has none.</summary>
    public async Task<TableEntity?> FindDayAsync(string tenant, DateOnly day, CancellationToken cancellationToken)
    {
        var found = await account.Table(DailyEntity.Table).GetEntityIfExistsAsync<TableEntity>(DailyEntity.PartitionOfEscaped(tenant, day), DailyEntity.DayKey(day), cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>From the beginning of time on would be a day of nothing after another.</summary>
    private async Task<DateOnly?> BeginAsync(string tenant, CancellationToken cancellationToken)
    {
        DateOnly?[] begins = [DayOf(await tenants.FirstPartitionAsync(tenant, cancellationToken)), DayOf(await summed.FirstPartitionAsync(tenant, cancellationToken))];
        return begins.Min();
    }

    private static DateOnly? DayOf(string? partition) => partition is null ? null : UsagePartition.Split(partition).Day;

    private async Task<int> RunAsync(string tenant, DateOnly first, DateOnly last, Func<TableEntity, bool> isWanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var count = 0;
        Dictionary<DateOnly, TableEntity> days = [];
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            if (day == first || day.Day == 1)
            {
                days = await DaysAsync(DailyEntity.PartitionOfEscaped(tenant, day), cancellationToken);
            }
            var known = days.GetValueOrDefault(day);
            if (known is null || isWanted(known))
            {
                count += await rollup.RunAsync(tenant, day, known, now, cancellationToken) ? 1 : 0;
            }
        }
        return count;
    }

    /// <summary>The days' own rows of a month.</summary>
    private async Task<Dictionary<DateOnly, TableEntity>> DaysAsync(string partition, CancellationToken cancellationToken)
    {
        var days = new Dictionary<DateOnly, TableEntity>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and (Closed eq true or Closed eq false)");
        try
        {
            await foreach (var row in account.Table(DailyEntity.Table).QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                days.Add(DailyEntity.DayOf(row), row);
            }
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            // It has no rows.
        }
        return days;
    }
}
