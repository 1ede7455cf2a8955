using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Tollgate.Ledger.Rollups;
using Tollgate.Tables;

namespace Tollgate.Ledger.Rerating;

/// <summary>
/// Rates rows of table <c>Usage</c> again. A row is written only as it was when it was read, so that a settlement in between wins; before, it is said that
/// its day changes.
/// </summary>
internal sealed class TableRerating(TableAccount account, TableUsageRollups rollups, LateRows late)
{
    private const int Batch = 100;

    private readonly TableClient table = account.Table(UsageEntity.Table);

    /// <inheritdoc cref="IUsageRerating.RerateAsync"/>
    /// <exception cref="TableUnavailableException">A table cannot be read or written.</exception>
    public Task<IReadOnlyList<TenantRerate>> RunAsync(RerateRequest request, Rater rater, DateTimeOffset now, IProgress<long>? looked, CancellationToken cancellationToken) =>
        account.ExplainAsync<IReadOnlyList<TenantRerate>>($"rate table '{UsageEntity.Table}' again", async () =>
        {
            var done = new List<TenantRerate>();
            var (from, to) = UsageDay.Touched(request.From, request.To, now);
            await foreach (var (tenant, begin) in rollups.TenantsAsync(request.Tenant, cancellationToken))
            {
                var tally = new TenantRerate(UsagePartition.Unescape(tenant));
                for (var day = from > begin ? from : begin; day <= to; day = day.AddDays(1))
                {
                    await RunAsync(tenant, day, request, rater, now, tally, cancellationToken);
                    looked?.Report(done.Sum(other => other.Rows) + tally.Rows);
                }
                foreach (var day in request.Apply ? tally.Days : [])
                {
                    await rollups.RebuildAsync(tally.Tenant, day, day, now, cancellationToken);
                }
                done.Add(tally);
            }
            return done;
        });

    private async Task RunAsync(string tenant, DateOnly day, RerateRequest request, Rater rater, DateTimeOffset now, TenantRerate tally, CancellationToken cancellationToken)
    {
        var known = await rollups.FindDayAsync(tenant, day, cancellationToken);
        if (known?.GetBoolean(DailyEntity.Sealed) == true)
        {
            tally.SealedDays.Add(day);
            return;
        }
        var partition = UsagePartition.OfEscaped(tenant, day);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and OpenedAt ge {request.From} and OpenedAt lt {request.To} and State ne {UsageEntity.Open}");
        var changes = new List<Change>(Batch);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: RatedEntity.Columns, cancellationToken: cancellationToken))
        {
            var rated = RatedEntity.Read(row);
            if (request.PriceVersion is { } version && !rated.IsOf(version))
            {
                continue;
            }
            var rating = rater.Rate(rated);
            if (tally.Add(rated, rating) && request.Apply)
            {
                changes.Add(new Change(rated, rating, RatedEntity.Rerated(row, rated, rating, now), row.ETag));
            }
            if (changes.Count == Batch)
            {
                await WriteAsync(partition, changes, tally, cancellationToken);
                changes.Clear();
            }
        }
        await WriteAsync(partition, changes, tally, cancellationToken);
    }

    private async Task WriteAsync(string partition, List<Change> changes, TenantRerate tally, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return;
        }
        await late.AnnounceAsync(partition, cancellationToken);
        try
        {
            await table.SubmitTransactionAsync(changes.Select(change => new TableTransactionAction(TableTransactionActionType.UpdateMerge, change.Row, change.Tag)), cancellationToken);
        }
        catch (RequestFailedException changed) when (IsConflict(changed))
        {
            foreach (var change in changes)
            {
                await WriteAsync(change, tally, cancellationToken);
            }
        }
    }

    private async Task WriteAsync(Change change, TenantRerate tally, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(change.Row, change.Tag, TableUpdateMode.Merge, cancellationToken);
        }
        catch (RequestFailedException changed) when (IsConflict(changed))
        {
            tally.AddConflict(change.Before, change.Rating);
        }
    }

    private static bool IsConflict(RequestFailedException failed) => failed.Status is 412 or 404 && failed.ErrorCode != TableErrorCode.TableNotFound;

    private sealed record Change(RatedRow Before, Rating Rating, TableEntity Row, ETag Tag);
}
