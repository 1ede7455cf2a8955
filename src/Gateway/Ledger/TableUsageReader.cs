using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Tollgate.Ledger.Reading;
using Tollgate.Ledger.Rollups;
using Tollgate.Tables;

namespace Tollgate.Ledger;

/// <summary>
/// Reads table <c>Usage</c>: a tenant's partitions of some days, and only the columns that are asked for. Sums over whole days come from table
/// <c>UsageDaily</c> as far as it has them.
/// </summary>
internal sealed class TableUsageReader(TableAccount account)
{
    /// <summary>Ranges of days read at a time.</summary>
    private const int Parallel = 8;

    private static readonly string[] Columns = ["PartitionKey", "Model", "Key", "User", .. RowSums.OfCalls];

    /// <summary>As far back as there can be rows; the service knows no time before 1601.</summary>
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    /// <exception cref="TableUnavailableException">The table cannot be read.</exception>
    /// <exception cref="Errors.CallerErrorException">400: the rows that it needs are deleted.</exception>
    public async Task ReadAsync(UsageQuery query, UsageGroups groups, CancellationToken cancellationToken)
    {
        query = query.From < Earliest ? query with { From = Earliest } : query;
        var known = await KnownDays.ReadAsync(QueryAsync(DailyEntity.Table, KnownDays.Filter(query), KnownDays.Columns, cancellationToken), query, groups);
        LedgerErrors.CheckNotDeleted(known.Deleted);
        await Task.WhenAll(UsageDay.Gaps(query.From, query.To, known.Days)
            .SelectMany(gap => Ranges(gap.From, gap.To).Select(days => AddAsync(query with { From = gap.From, To = gap.To }, days, groups, cancellationToken))));
    }

    /// <inheritdoc cref="IUsageLedger.TenantsAsync"/>
    /// <exception cref="TableUnavailableException">A table cannot be read.</exception>
    public Task<IReadOnlyList<string>> TenantsAsync(string? after, int most, CancellationToken cancellationToken) => account.ExplainAsync<IReadOnlyList<string>>("read the usage tables", async () =>
    {
        var prefixes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var table in new[] { UsageEntity.Table, DailyEntity.Table })
        {
            await foreach (var partition in new TableTenantScan(account, table).FirstPartitionsAsync(cancellationToken, after is null ? null : UsagePartition.PrefixOf(after)).Take(most))
            {
                prefixes.Add(partition[..(partition.IndexOf('|') + 1)]);
            }
        }
        return [.. prefixes.Take(most).Select(UsagePartition.TenantOf)];
    });

    /// <exception cref="TableUnavailableException">The table cannot be read.</exception>
    public async Task<IReadOnlyList<LeaseUse>> ReadLeaseAsync(string tenant, string leaseId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        since = since < Earliest ? Earliest : since;

        // A call has its id before its row, and sends its body in between. The id lets the service start in the middle of a day.
        var first = RequestId.First(since - OpenedCall.Longest);
        var filter = Days(tenant, since, DateTimeOffset.MaxValue) + " and " + TableClient.CreateQueryFilter($"RowKey ge {first} and OpenedAt ge {since} and Leases ne ''");
        string[] columns = ["Leases", "ReservedAt", "OpenedAt", "State", "BoundTokens", "BoundMicroUsd", "PromptTokens", "CompletionTokens", "CostMicroUsd"];
        var uses = new List<LeaseUse>();
        await foreach (var row in QueryAsync(UsageEntity.Table, filter, columns, cancellationToken))
        {
            if (row.GetString("Leases").Split(' ').Contains(leaseId, StringComparer.Ordinal))
            {
                var isOpen = row.GetString("State") == UsageEntity.Open;
                uses.Add(new LeaseUse(
                    row.GetDateTimeOffset("ReservedAt") ?? row.GetDateTimeOffset("OpenedAt") ?? default,
                    isOpen,
                    isOpen ? Number(row, "BoundTokens") : Number(row, "PromptTokens") + Number(row, "CompletionTokens"),
                    isOpen ? Number(row, "BoundMicroUsd") : Number(row, "CostMicroUsd")));
            }
        }
        return uses;
    }

    private async Task AddAsync(UsageQuery query, (DateTimeOffset First, DateTimeOffset Last) days, UsageGroups groups, CancellationToken cancellationToken)
    {
        var filter = Days(query.Tenant, days.First, days.Last) + " and " + TableClient.CreateQueryFilter($"OpenedAt ge {query.From} and OpenedAt lt {query.To} and State ne {UsageEntity.Open}");
        if (query.Key is { } key)
        {
            filter += " and " + TableClient.CreateQueryFilter($"Key eq {key}");
        }
        await foreach (var row in QueryAsync(UsageEntity.Table, filter, Columns, cancellationToken))
        {
            groups.Add(
                new UsagePoint(query.Tenant, row.GetString("Model"), row.GetString("Key"), row.GetString("User"), UsagePartition.Split(row.PartitionKey).Day),
                RowSums.OfCall(row));
        }
    }

    /// <summary>A table that is not there has no rows.</summary>
    private async IAsyncEnumerable<TableEntity> QueryAsync(string table, string filter, string[] columns, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var rows = account.Table(table).QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(table, rows))
        {
            yield return rows.Current;
        }
    }

    private async ValueTask<bool> NextAsync(string table, IAsyncEnumerator<TableEntity> rows)
    {
        try
        {
            return await rows.MoveNextAsync();
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            return false;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            throw new TableUnavailableException(account.Problem(failed, $"read table '{table}'"));
        }
    }

    /// <summary>Days of one tenant are next to each other: its id has no line in it.</summary>
    private static string Days(string tenant, DateTimeOffset first, DateTimeOffset last) =>
        TableClient.CreateQueryFilter($"PartitionKey ge {UsagePartition.Of(tenant, first)} and PartitionKey le {UsagePartition.Of(tenant, last)}");

    /// <summary>The days from <paramref name="from"/> up to <paramref name="to"/> in ranges of about the same length.</summary>
    private static IEnumerable<(DateTimeOffset First, DateTimeOffset Last)> Ranges(DateTimeOffset from, DateTimeOffset to)
    {
        var days = (to.UtcDateTime.Date - from.UtcDateTime.Date).Days;
        var length = (days / Parallel) + 1;
        for (var day = 0; day <= days; day += length)
        {
            yield return (from.AddDays(day), from.AddDays(Math.Min(day + length - 1, days)));
        }
    }

    private static long Number(TableEntity row, string column) => row.GetInt64(column) ?? 0;
}
