using Azure.Data.Tables;
using Tollgate.Ledger.Reading;

namespace Tollgate.Ledger.Rollups;

/// <summary>What a tenant's daily sums say of a time.</summary>
/// <param name="Days">Days, ascending, whose sums are all that is to be read of them.</param>
/// <param name="Deleted">The last day that can only be read from rows as they are wanted, while its rows are deleted; null: there is none.</param>
internal sealed record KnownDays(IReadOnlyList<DateOnly> Days, DateOnly? Deleted)
{
    /// <summary>The columns that <see cref="ReadAsync"/> needs.</summary>
    public static readonly string[] Columns = ["PartitionKey", "RowKey", DailyEntity.Closed, DailyEntity.Sealed, "Model", "Key", .. RowSums.OfDays];

    /// <summary>The rows of the days that a question touches, all months in one range: a month is a page or two.</summary>
    public static string Filter(UsageQuery query)
    {
        var (first, last) = UsageDay.Touched(query.From, query.To, query.To);
        var (from, to) = (DailyEntity.Partition(query.Tenant, first), DailyEntity.Partition(query.Tenant, last));
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {from} and PartitionKey le {to}");
        if (from == to)
        {
            filter += " and " + TableClient.CreateQueryFilter($"RowKey ge {DailyEntity.DayKey(first)} and RowKey lt {DailyEntity.DayKey(last) + '}'}");
        }
        return query switch
        {
            { NeedsRows: true } => filter + " and Sealed eq true",
            { Key: { } key } => filter + " and " + TableClient.CreateQueryFilter($"(Key eq {key} or Closed eq true or Sealed eq true)"),
            _ => filter,
        };
    }

    /// <summary>
    /// Takes rows in their order. A day's own row comes before its sums, so that what is relied upon is at least as new as the word that it can be.
    /// </summary>
    public static async Task<KnownDays> ReadAsync(IAsyncEnumerable<TableEntity> rows, UsageQuery query, UsageGroups groups)
    {
        var (first, last) = UsageDay.Whole(query.From, query.To);
        var (begin, end) = UsageDay.Touched(query.From, query.To, query.To);
        var days = new List<DateOnly>();
        DateOnly? deleted = null;
        await foreach (var row in rows)
        {
            var day = DailyEntity.DayOf(row);
            var isWhole = day >= first && day <= last && !query.NeedsRows;
            if (!DailyEntity.IsDay(row))
            {
                if (days is [.., var known] && known == day)
                {
                    groups.Add(new UsagePoint(query.Tenant, row.GetString("Model"), row.GetString("Key"), User: null, day), RowSums.OfDay(row));
                }
            }
            else if (isWhole && DailyEntity.IsTrusted(row))
            {
                days.Add(day);
            }
            else if (day >= begin && day <= end && row.GetBoolean(DailyEntity.Sealed) == true)
            {
                deleted = day;
            }
        }
        return new KnownDays(days, deleted);
    }
}
