using Azure.Data.Tables;

namespace Tollgate.Ledger.Rollups;

/// <summary>The sums of a tenant's days as far as they can be relied upon.</summary>
/// <param name="Days">Those days, ascending.</param>
/// <param name="Totals">Sums over them; a model may be in it many times.</param>
internal sealed record KnownDays(IReadOnlyList<DateOnly> Days, IReadOnlyList<UsageTotal> Totals)
{
    /// <summary>The columns that <see cref="ReadAsync"/> needs.</summary>
    public static readonly string[] Columns =
        ["PartitionKey", "RowKey", DailyEntity.Closed, DailyEntity.Sealed, "Model", "Requests", "PromptTokens", "CachedTokens", "CompletionTokens", "ReasoningTokens", "CostMicroUsd"];

    /// <summary>The rows of some days, all months in one range: a month is a page or two.</summary>
    /// <param name="tenant">Its id.</param>
    /// <param name="key">The name of one of its keys; null: all of them.</param>
    /// <param name="first">First day.</param>
    /// <param name="last">Last day.</param>
    public static string Filter(string tenant, string? key, DateOnly first, DateOnly last)
    {
        var (from, to) = (DailyEntity.Partition(tenant, first), DailyEntity.Partition(tenant, last));
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {from} and PartitionKey le {to}");
        if (from == to)
        {
            filter += " and " + TableClient.CreateQueryFilter($"RowKey ge {DailyEntity.DayKey(first)} and RowKey lt {DailyEntity.DayKey(last) + '}'}");
        }
        return key is null ? filter : filter + " and " + TableClient.CreateQueryFilter($"(Key eq {key} or Closed eq true or Sealed eq true)");
    }

    /// <summary>
    /// Takes rows in their order. A day's own row comes before its sums, so that what is relied upon is at least as new as the word that it can be.
    /// </summary>
    public static async Task<KnownDays> ReadAsync(IAsyncEnumerable<TableEntity> rows, DateOnly first, DateOnly last)
    {
        var (days, totals) = (new List<DateOnly>(), new List<UsageTotal>());
        await foreach (var row in rows)
        {
            var day = DailyEntity.DayOf(row);
            if (day < first || day > last)
            {
                continue;
            }
            if (!DailyEntity.IsDay(row))
            {
                if (days is [.., var known] && known == day)
                {
                    totals.Add(Total(row));
                }
            }
            else if (DailyEntity.IsTrusted(row))
            {
                days.Add(day);
            }
        }
        return new KnownDays(days, totals);
    }

    private static UsageTotal Total(TableEntity row)
    {
        return new(row.GetString("Model"), Number("Requests"), Number("PromptTokens"), Number("CachedTokens"), Number("CompletionTokens"), Number("ReasoningTokens"), Number("CostMicroUsd"));

        long Number(string column) => row.GetInt64(column) ?? 0;
    }
}
