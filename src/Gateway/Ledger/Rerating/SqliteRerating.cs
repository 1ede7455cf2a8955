using Microsoft.Data.Sqlite;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Ledger.Rerating;

/// <summary>Rates rows of the SQLite ledger again, in short transactions: a gateway may write to the file meanwhile.</summary>
internal static class SqliteRerating
{
    private const int Batch = 1_000;

    /// <inheritdoc cref="IUsageRerating.RerateAsync"/>
    /// <exception cref="SqliteException">The file cannot be read or written.</exception>
    public static IReadOnlyList<TenantRerate> Run(SqliteConnection connection, RerateRequest request, Rater rater, DateTimeOffset now, IProgress<long>? looked, CancellationToken cancellationToken)
    {
        var done = new List<TenantRerate>();
        var (from, to) = UsageDay.Touched(request.From, request.To, now);
        foreach (var (tenant, begin) in SqliteUsageRollups.Tenants(connection, request.Tenant))
        {
            var tally = new TenantRerate(tenant);
            for (var day = from > begin ? from : begin; day <= to; day = day.AddDays(1))
            {
                Run(connection, day, request, rater, now, tally, cancellationToken);
                looked?.Report(done.Sum(other => other.Rows) + tally.Rows);
            }
            foreach (var day in request.Apply ? tally.Days : [])
            {
                DailyTable.Sum(connection, tenant, day, now);
            }
            done.Add(tally);
        }
        return done;
    }

    private static void Run(SqliteConnection connection, DateOnly day, RerateRequest request, Rater rater, DateTimeOffset now, TenantRerate tally, CancellationToken cancellationToken)
    {
        var start = UsageDay.Start(day);
        var (from, to) = (request.From > start ? request.From : start, request.To < start.AddDays(1) ? request.To : start.AddDays(1));
        for (string? last = ""; last is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // At once the one that writes: nothing changes between what it reads and what it writes.
            using var transaction = connection.BeginTransaction(deferred: !request.Apply);
            if (DailyTable.ReadDays(connection, tally.Tenant, day, day) is [{ IsSealed: true }])
            {
                tally.SealedDays.Add(day);
                return;
            }
            var rows = RatedTable.Read(connection, tally.Tenant, from, to, last, Batch);
            var changes = new List<(string Id, Rating Rating)>();
            foreach (var (id, row) in rows)
            {
                if (request.PriceVersion is { } version && !row.IsOf(version))
                {
                    continue;
                }
                var rating = rater.Rate(row);
                if (tally.Add(row, rating))
                {
                    changes.Add((id, rating));
                }
            }
            if (request.Apply && changes.Count > 0)
            {
                RatedTable.Write(connection, changes, now);
                DailyTable.Reopen(connection, tally.Tenant, day);
            }
            transaction.Commit();
            last = rows.Count == Batch ? rows[^1].Id : null;
        }
    }
}
