using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Tollgate.Ledger.Reading;
using Tollgate.Tables;

namespace Tollgate.Ledger.Rollups;

/// <summary>
/// Sums up one day of one tenant in table <c>UsageDaily</c>. Every transaction holds the day's own row as it was before the calls' rows were
/// read: whoever says meanwhile that the day changes, or sums it up too, makes it fail, so that older sums never replace newer ones.
/// </summary>
internal sealed class TableDayRollup(TableAccount account)
{
    /// <summary>A transaction takes 100 rows, the day's own among them.</summary>
    private const int Batch = 99;

    private static readonly string[] Columns = ["Model", "Key", .. RowSums.OfCalls];

    private readonly TableClient daily = account.Table(DailyEntity.Table);

    /// <param name="tenant">Its escaped id.</param>
    /// <param name="day">The day, which is not sealed.</param>
    /// <param name="known">The day's own row; null when it has none.</param>
    /// <param name="now">The time it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False when the day changed meanwhile: the next run sums it up.</returns>
    /// <exception cref="RequestFailedException">A table cannot be read or written.</exception>
    public async Task<bool> RunAsync(string tenant, DateOnly day, TableEntity? known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var partition = DailyEntity.PartitionOfEscaped(tenant, day);
        var sums = await SumAsync(UsagePartition.OfEscaped(tenant, day), cancellationToken);
        var changes = sums.Select(sum => new TableTransactionAction(TableTransactionActionType.UpsertReplace, DailyEntity.Of(partition, day, sum.Key.Model, sum.Key.Key, sum.Value, now))).ToList();
        changes.AddRange(await StaleAsync(partition, day, [.. changes.Select(change => change.Entity.RowKey)], cancellationToken));
        var closes = UsageDay.MayClose(day, now) && !(known?.GetDateTimeOffset(DailyEntity.ChangedAt) > now - UsageDay.SettlesAfter);
        try
        {
            var tag = known?.ETag;
            for (var sent = 0; sent == 0 || sent < changes.Count; sent += Batch)
            {
                var own = new TableEntity(partition, DailyEntity.DayKey(day)) { [DailyEntity.Closed] = closes && sent + Batch >= changes.Count, ["RecomputedAt"] = now };
                var guard = tag is { } seen ? new TableTransactionAction(TableTransactionActionType.UpdateMerge, own, seen) : new TableTransactionAction(TableTransactionActionType.Add, own);
                var answers = await account.MakeIfMissingAsync(
                    DailyEntity.Table, table => table.SubmitTransactionAsync([guard, .. changes.Skip(sent).Take(Batch)], cancellationToken), cancellationToken);
                tag = answers.Value[0].Headers.ETag;
            }
            return true;
        }
        catch (RequestFailedException changed) when (changed.Status is 409 or 412 or 404 && changed.ErrorCode != TableErrorCode.TableNotFound)
        {
            return false;
        }
    }

    private async Task<Dictionary<(string Model, string Key), UsageSums>> SumAsync(string partition, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<(string Model, string Key), UsageSums>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and State ne {UsageEntity.Open}");
        try
        {
            await foreach (var row in account.Table(UsageEntity.Table).QueryAsync<TableEntity>(filter, select: Columns, cancellationToken: cancellationToken))
            {
                var group = (row.GetString("Model"), row.GetString("Key"));
                if (!sums.TryGetValue(group, out var sum))
                {
                    sums.Add(group, sum = new UsageSums());
                }
                sum.Add(RowSums.OfCall(row));
            }
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            // It has no rows.
        }
        return sums;
    }

    /// <summary>Sums of a model and a key that no row has any more.</summary>
    private async Task<IEnumerable<TableTransactionAction>> StaleAsync(string partition, DateOnly day, HashSet<string> current, CancellationToken cancellationToken)
    {
        var (first, last) = ($"{DailyEntity.DayKey(day)}|", $"{DailyEntity.DayKey(day)}}}");
        var stale = new List<TableTransactionAction>();
        try
        {
            await foreach (var row in daily.QueryAsync<TableEntity>(
                row => row.PartitionKey == partition && row.RowKey.CompareTo(first) > 0 && row.RowKey.CompareTo(last) < 0, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
            {
                if (!current.Contains(row.RowKey))
                {
                    stale.Add(new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All));
                }
            }
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            // It has no rows.
        }
        return stale;
    }
}
