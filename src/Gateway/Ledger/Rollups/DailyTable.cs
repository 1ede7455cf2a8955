using Microsoft.Data.Sqlite;

namespace Tollgate.Ledger.Rollups;

/// <summary>
/// The statements of the daily sums in the SQLite ledger. Days count from 1970-01-01. A day is closed when table <c>usage_days</c> has it; the
/// transaction that writes a row of a day takes it out, so that its sums are relied upon exactly as long as they are true.
/// </summary>
internal static class DailyTable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS usage_daily (
            tenant TEXT NOT NULL, day INTEGER NOT NULL, model TEXT NOT NULL, key TEXT NOT NULL, requests INTEGER NOT NULL, failed INTEGER NOT NULL,
            prompt_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL, cache_write_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
            reasoning_tokens INTEGER NOT NULL, cost_micro_usd INTEGER NOT NULL, estimated INTEGER NOT NULL, recomputed_at INTEGER NOT NULL,
            PRIMARY KEY (tenant, day, model, key)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS usage_days (tenant TEXT NOT NULL, day INTEGER NOT NULL, sealed INTEGER NOT NULL, PRIMARY KEY (tenant, day)) WITHOUT ROWID;
        """;

    private const string Insert = """
        INSERT INTO usage_daily
        SELECT tenant, $day, model, key, COUNT(*), SUM(COALESCE(status = 'failed', 0)), SUM(prompt_tokens), SUM(cached_tokens), SUM(cache_write_tokens),
            SUM(completion_tokens), SUM(reasoning_tokens), SUM(cost_micro_usd), SUM(estimated), $now
        FROM usage
        WHERE tenant = $tenant AND opened_at >= $day * 86400000 AND opened_at < ($day + 1) * 86400000 AND state <> 'open'
        GROUP BY model, key
        """;

    /// <summary>The tenants and their first rows, each found in the index at once.</summary>
    private const string Tenants = """
        WITH RECURSIVE each(tenant) AS (
            SELECT MIN(tenant) FROM usage UNION ALL SELECT (SELECT MIN(usage.tenant) FROM usage WHERE usage.tenant > each.tenant) FROM each WHERE each.tenant IS NOT NULL)
        SELECT tenant, (SELECT MIN(opened_at) FROM usage WHERE usage.tenant = each.tenant) FROM each WHERE tenant IS NOT NULL
        """;

    public static long Number(DateOnly day) => day.DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    public static DateOnly Day(long number) => new DateOnly(1970, 1, 1).AddDays((int)number);

    /// <summary>The rows of this day change in the same transaction. A day whose rows are deleted stays closed.</summary>
    public static void Reopen(SqliteConnection connection, string tenant, DateOnly day) =>
        Execute(connection, "DELETE FROM usage_days WHERE tenant = $tenant AND day = $day AND sealed = 0", ("$tenant", tenant), ("$day", Number(day)));

    /// <summary>Every tenant with rows, and the day of its first.</summary>
    public static IReadOnlyList<(string Tenant, DateOnly First)> ReadTenants(SqliteConnection connection) =>
        Read(connection, Tenants, row => (row.GetString(0), UsageDay.Of(DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)))));

    /// <summary>A tenant's closed days, ascending, and whether their rows are deleted.</summary>
    public static IReadOnlyList<(DateOnly Day, bool IsSealed)> ReadDays(SqliteConnection connection, string tenant, DateOnly first, DateOnly last) => Read(
        connection,
        "SELECT day, sealed FROM usage_days WHERE tenant = $tenant AND day BETWEEN $first AND $last ORDER BY day",
        row => (Day(row.GetInt64(0)), row.GetBoolean(1)),
        ("$tenant", tenant), ("$first", Number(first)), ("$last", Number(last)));

    /// <summary>Sums up a day that is not sealed, in one transaction, and closes it when it is over.</summary>
    public static void Sum(SqliteConnection connection, string tenant, DateOnly day, DateTimeOffset now)
    {
        // At once the one that writes: nothing changes between the rows that it reads and the sums.
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, "DELETE FROM usage_daily WHERE tenant = $tenant AND day = $day", ("$tenant", tenant), ("$day", Number(day)));
        Execute(connection, Insert, ("$tenant", tenant), ("$day", Number(day)), ("$now", now.ToUnixTimeMilliseconds()));
        if (day < UsageDay.Of(now))
        {
            Execute(connection, "INSERT OR IGNORE INTO usage_days VALUES ($tenant, $day, 0)", ("$tenant", tenant), ("$day", Number(day)));
        }
        transaction.Commit();
    }

    /// <summary>Deletes about so many rows of a day, which nobody sums up again from now on.</summary>
    /// <returns>How many.</returns>
    public static int DeleteRows(SqliteConnection connection, string tenant, DateOnly day, int most)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, "INSERT OR REPLACE INTO usage_days VALUES ($tenant, $day, 1)", ("$tenant", tenant), ("$day", Number(day)));
        var deleted = Execute(
            connection,
            "DELETE FROM usage WHERE request_id IN (SELECT request_id FROM usage WHERE tenant = $tenant AND opened_at >= $day * 86400000 AND opened_at < ($day + 1) * 86400000 LIMIT $most)",
            ("$tenant", tenant), ("$day", Number(day)), ("$most", most));
        transaction.Commit();
        return deleted;
    }

    /// <summary>Deletes the sums of all tenants' days before one.</summary>
    /// <returns>How many rows of sums.</returns>
    public static int DeleteSums(SqliteConnection connection, DateOnly kept)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, "DELETE FROM usage_days WHERE day < $kept", ("$kept", Number(kept)));
        var deleted = Execute(connection, "DELETE FROM usage_daily WHERE day < $kept", ("$kept", Number(kept)));
        transaction.Commit();
        return deleted;
    }

    private static int Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    private static List<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }
        return command;
    }
}
