using Microsoft.Data.Sqlite;

namespace Tollgate.Ledger.Rollups;

/// <summary>Keeps the daily sums of the SQLite ledger: finds the days that are to be summed up, and what is to be deleted.</summary>
internal static class SqliteUsageRollups
{
    /// <inheritdoc cref="IUsageRollups.RollUpAsync"/>
    /// <exception cref="SqliteException">The file cannot be read or written.</exception>
    public static int RollUp(SqliteConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = UsageDay.Of(now);
        return DailyTable.ReadTenants(connection).Sum(tenant =>
            Sum(connection, tenant.Tenant, tenant.First, today, [.. DailyTable.ReadDays(connection, tenant.Tenant, tenant.First, today).Select(day => day.Day)], now, cancellationToken));
    }

    /// <inheritdoc cref="IUsageRollups.RebuildAsync"/>
    /// <exception cref="SqliteException">The file cannot be read or written.</exception>
    public static int Rebuild(SqliteConnection connection, string? tenant, DateOnly first, DateOnly last, DateTimeOffset now, CancellationToken cancellationToken) => Tenants(connection, tenant).Sum(each =>
    {
        var days = DailyTable.ReadDays(connection, each.Tenant, DateOnly.MinValue, last);
        return Sum(connection, each.Tenant, each.First > first ? each.First : first, last, [.. days.Where(day => day.IsSealed).Select(day => day.Day)], now, cancellationToken);
    });

    /// <summary>A tenant, or every one that has rows, and the first day of which there is anything.</summary>
    /// <param name="connection">The file.</param>
    /// <param name="tenant">Its id; null: all tenants.</param>
    public static IReadOnlyList<(string Tenant, DateOnly First)> Tenants(SqliteConnection connection, string? tenant)
    {
        var withRows = DailyTable.ReadTenants(connection);
        var asked = tenant is null ? withRows.Select(each => each.Tenant) : [tenant];
        return [.. from id in asked
                   let days = DailyTable.ReadDays(connection, id, DateOnly.MinValue, DateOnly.MaxValue)
                   let begin = withRows.Where(each => each.Tenant == id).Select(each => (DateOnly?)each.First).Append(days.Count > 0 ? days[0].Day : null).Min()
                   where begin is not null
                   select (id, begin.Value)];
    }

    /// <inheritdoc cref="IUsageRollups.DeleteAsync"/>
    /// <exception cref="SqliteException">The file cannot be read or written.</exception>
    public static int Delete(SqliteConnection connection, UsageRetention retention, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        var kept = retention.FirstDay(now);
        foreach (var (tenant, first) in DailyTable.ReadTenants(connection))
        {
            for (var day = first; day < kept && deleted < most; day = day.AddDays(1))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (DailyTable.ReadDays(connection, tenant, day, day).Count == 0)
                {
                    DailyTable.Sum(connection, tenant, day, now);
                }
                deleted += DailyTable.DeleteRows(connection, tenant, day, most - deleted);
            }
        }
        return retention.DailyMonths is null ? deleted : deleted + DailyTable.DeleteSums(connection, retention.FirstDailyDay(now));
    }

    private static int Sum(SqliteConnection connection, string tenant, DateOnly first, DateOnly last, HashSet<DateOnly> without, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var count = 0;
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!without.Contains(day))
            {
                DailyTable.Sum(connection, tenant, day, now);
                count++;
            }
        }
        return count;
    }
}
