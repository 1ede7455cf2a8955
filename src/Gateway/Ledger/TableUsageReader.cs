using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
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

    /// <summary>As far back as there can be rows; the service knows no time before 1601.</summary>
    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    /// <exception cref="TableUnavailableException">The table cannot be read.</exception>
    public async Task<IReadOnlyList<UsageTotal>> SumAsync(string tenant, string? key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        from = from < Earliest ? Earliest : from;
        var known = await KnownAsync(tenant, key, from, to, cancellationToken);
        var ranges = UsageDay.Gaps(from, to, known.Days).SelectMany(gap => Ranges(gap.From, gap.To).Select(days => SumAsync(tenant, key, gap, days, cancellationToken)));
        var parts = await Task.WhenAll(ranges);
        return [.. parts.SelectMany(part => part.Values).Concat(known.Totals)
            .GroupBy(total => total.Model, StringComparer.Ordinal)
            .Select(totals => totals.Aggregate((one, other) => one.Plus(other)))
            .OrderBy(total => total.Model, StringComparer.Ordinal)];
    }

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

    /// <summary>What the daily sums say of the whole days in between.</summary>
    private async Task<KnownDays> KnownAsync(string tenant, string? key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var (first, last) = UsageDay.Whole(from, to);
        return first > last
            ? new KnownDays([], [])
            : await KnownDays.ReadAsync(QueryAsync(DailyEntity.Table, KnownDays.Filter(tenant, key, first, last), KnownDays.Columns, cancellationToken), first, last);
    }

    private Task<Dictionary<string, UsageTotal>> SumAsync(
        string tenant, string? key, (DateTimeOffset From, DateTimeOffset To) time, (DateTimeOffset First, DateTimeOffset Last) days, CancellationToken cancellationToken)
    {
        var filter = Days(tenant, days.First, days.Last) + " and " + TableClient.CreateQueryFilter($"OpenedAt ge {time.From} and OpenedAt lt {time.To} and State ne {UsageEntity.Open}");
        if (key is not null)
        {
            filter += " and " + TableClient.CreateQueryFilter($"Key eq {key}");
        }
        return SumAsync(filter, ["Model", "PromptTokens", "CachedTokens", "CompletionTokens", "ReasoningTokens", "CostMicroUsd"], cancellationToken);
    }

    private async Task<Dictionary<string, UsageTotal>> SumAsync(string filter, string[] columns, CancellationToken cancellationToken)
    {
        var totals = new Dictionary<string, UsageTotal>(StringComparer.Ordinal);
        await foreach (var row in QueryAsync(UsageEntity.Table, filter, columns, cancellationToken))
        {
            var total = new UsageTotal(
                row.GetString("Model"), 1, Number(row, "PromptTokens"), Number(row, "CachedTokens"), Number(row, "CompletionTokens"), Number(row, "ReasoningTokens"), Number(row, "CostMicroUsd"));
            totals[total.Model] = totals.TryGetValue(total.Model, out var sum) ? sum.Plus(total) : total;
        }
        return totals;
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
