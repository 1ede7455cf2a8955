using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Tollgate.Ledger.Rollups;
using Tollgate.Tables;

namespace Tollgate.Ledger;

/// <summary>
/// Writes rows to table <c>Usage</c> in entity-group transactions. An opening is an insert, which fails where the row is there already;
/// a settlement replaces whatever is there.
/// </summary>
internal sealed class TableUsageWriter(TableAccount account, LateRows late) : IUsageWriter
{
    /// <summary>The service takes 100 rows and 4 MB at a time. Rows are far from 40 KB each; should it refuse a batch as too large, halves are sent.</summary>
    public int BatchRows => 100;

    public int Parallel => 8;

    /// <summary>More than one, so that an opening need not wait for a write under way.</summary>
    public int ParallelOfPartition => 2;

    /// <summary>There is always an opening among them, which a caller waits for.</summary>
    public TimeSpan Linger => TimeSpan.Zero;

    public string PartitionOf(OpenedCall call) => UsagePartition.Of(call.Tenant, call.OpenedAt);

    public async Task<IReadOnlyList<int>> WriteAsync(IReadOnlyList<UsageWrite> rows, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TableAccount.Longest);
        var table = account.Table(UsageEntity.Table);
        var changes = rows.Select((row, position) => new Change(
            position, row.Settled is not null, UsageEntity.Of(row.Call, row.Settled))).ToArray();
        var refused = new List<int>();
        if (Array.Exists(changes, change => change.Replaces))
        {
            await late.AnnounceAsync(changes[0].Row.PartitionKey, timeout.Token);
        }
        try
        {
            await SendAsync(table, changes, refused, timeout.Token);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == TableErrorCode.TableNotFound)
        {
            await table.CreateIfNotExistsAsync(timeout.Token);
            await SendAsync(table, changes, refused, timeout.Token);
        }
        return refused;
    }

    public string Explain(Exception failed) => account.Problem(failed, $"write table '{UsageEntity.Table}'");

    private static async Task SendAsync(TableClient table, ArraySegment<Change> changes, List<int> refused, CancellationToken cancellationToken)
    {
        try
        {
            await SubmitAsync(table, changes, cancellationToken);
        }
        catch (RequestFailedException failed) when (failed.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            if (changes.Count > 1)
            {
                await SendMissingAsync(table, changes, refused, cancellationToken);
            }
        }
        catch (RequestFailedException failed) when (IsOfTheRows(failed.Status))
        {
            if (changes.Count == 1)
            {
                refused.Add(changes[0].Position);
                return;
            }
            await SendHalvesAsync(table, changes, refused, cancellationToken);
        }
    }

    private static Task SubmitAsync(TableClient table, ArraySegment<Change> changes, CancellationToken cancellationToken) => changes switch
    {
        [{ Replaces: true } single] => table.UpsertEntityAsync(single.Row, TableUpdateMode.Replace, cancellationToken),
        [var single] => table.AddEntityAsync(single.Row, cancellationToken),
        _ => table.SubmitTransactionAsync(
            changes.Select(change => new TableTransactionAction(change.Replaces ? TableTransactionActionType.UpsertReplace : TableTransactionActionType.Add, change.Row)), cancellationToken),
    };

    /// <summary>An earlier try was done after all, although no answer came: the openings that are there need no second one.</summary>
    private static async Task SendMissingAsync(TableClient table, ArraySegment<Change> changes, List<int> refused, CancellationToken cancellationToken)
    {
        var openings = changes.Where(change => !change.Replaces).Select(change => change.Row).OrderBy(row => row.RowKey, StringComparer.Ordinal).ToList();
        var (partition, first, last) = (openings[0].PartitionKey, openings[0].RowKey, openings[^1].RowKey);
        var there = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync<TableEntity>(
            row => row.PartitionKey == partition && row.RowKey.CompareTo(first) >= 0 && row.RowKey.CompareTo(last) <= 0, select: ["RowKey"], cancellationToken: cancellationToken))
        {
            there.Add(row.RowKey);
        }
        var missing = changes.Where(change => change.Replaces || !there.Contains(change.Row.RowKey)).ToArray();
        if (missing.Length == changes.Count)
        {
            await SendHalvesAsync(table, changes, refused, cancellationToken);
        }
        else if (missing.Length > 0)
        {
            await SendAsync(table, missing, refused, cancellationToken);
        }
    }

    private static async Task SendHalvesAsync(TableClient table, ArraySegment<Change> changes, List<int> refused, CancellationToken cancellationToken)
    {
        await SendAsync(table, changes[..(changes.Count / 2)], refused, cancellationToken);
        await SendAsync(table, changes[(changes.Count / 2)..], refused, cancellationToken);
    }

    /// <summary>The request is wrong, and will be as wrong the next time. Who asks, how often, and what the table is like are not the rows' fault.</summary>
    private static bool IsOfTheRows(int status) => status is >= 400 and < 500 and not (401 or 403 or 404 or 408 or 409 or 429);

    /// <param name="Position">Among the rows of the write.</param>
    /// <param name="Replaces">It is a settlement.</param>
    /// <param name="Row">What is written.</param>
    private readonly record struct Change(int Position, bool Replaces, TableEntity Row);
}
