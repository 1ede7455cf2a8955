using Microsoft.Data.Sqlite;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Ledger.Reading;

/// <summary>Reads sums from the SQLite ledger: of the closed days in between as they were summed up, of the rest from its rows.</summary>
internal static class SqliteUsageReader
{
    private const string OfRows = """
        COUNT(*), SUM(COALESCE(status = 'failed', 0)), SUM(estimated), SUM(prompt_tokens), SUM(cached_tokens), SUM(cache_write_tokens), SUM(completion_tokens),
            SUM(reasoning_tokens), SUM(cost_micro_usd)
        FROM usage
        WHERE tenant = $tenant AND ($key IS NULL OR key = $key) AND opened_at >= $from AND opened_at < $to AND state <> 'open'
        """;

    private const string OfDays = """
        SUM(requests), SUM(failed), SUM(estimated), SUM(prompt_tokens), SUM(cached_tokens), SUM(cache_write_tokens), SUM(completion_tokens), SUM(reasoning_tokens),
            SUM(cost_micro_usd)
        FROM usage_days JOIN usage_daily USING (tenant, day)
        WHERE tenant = $tenant AND ($key IS NULL OR key = $key) AND day BETWEEN $from AND $to
        """;

    /// <summary>Every tenant of either table, each found in its index at once.</summary>
    private const string AllTenants = """
        WITH RECURSIVE called(tenant) AS (
            SELECT MIN(tenant) FROM usage UNION ALL SELECT (SELECT MIN(usage.tenant) FROM usage WHERE usage.tenant > called.tenant) FROM called WHERE called.tenant IS NOT NULL),
        summed(tenant) AS (
            SELECT MIN(tenant) FROM usage_days UNION ALL SELECT (SELECT MIN(usage_days.tenant) FROM usage_days WHERE usage_days.tenant > summed.tenant) FROM summed WHERE summed.tenant IS NOT NULL)
        SELECT tenant FROM called WHERE tenant IS NOT NULL UNION SELECT tenant FROM summed WHERE tenant IS NOT NULL
        """;

    /// <exception cref="Errors.CallerErrorException">400: the rows that it needs are deleted.</exception>
    public static void Read(SqliteConnection connection, UsageQuery query, UsageGroups groups)
    {
        // One state of the file for all of it.
        using var transaction = connection.BeginTransaction(deferred: true);
        var from = query.From < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : query.From;
        var (begin, end) = UsageDay.Touched(from, query.To, query.To);
        var (first, last) = UsageDay.Whole(from, query.To);
        var closed = DailyTable.ReadDays(connection, query.Tenant, begin, end).ToLookup(day => day.Day >= first && day.Day <= last && !query.NeedsRows);
        LedgerErrors.CheckNotDeleted(closed[false].Where(day => day.IsSealed).Select(day => (DateOnly?)day.Day).Max());
        var known = closed[true].Select(day => day.Day).ToArray();
        foreach (var gap in UsageDay.Gaps(from, query.To, known))
        {
            Add(connection, query, OfRows, "opened_at / 86400000", gap.From.ToUnixTimeMilliseconds(), gap.To.ToUnixTimeMilliseconds(), groups);
        }
        if (known.Length > 0)
        {
            Add(connection, query, OfDays, "day", DailyTable.Number(first), DailyTable.Number(last), groups);
        }
    }

    /// <summary>All tenants with rows or sums.</summary>
    public static IReadOnlyList<string> Tenants(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = AllTenants;
        using var reader = command.ExecuteReader();
        var tenants = new List<string>();
        while (reader.Read())
        {
            tenants.Add(reader.GetString(0));
        }
        return tenants;
    }

    private static void Add(SqliteConnection connection, UsageQuery query, string sums, string day, long from, long to, UsageGroups groups)
    {
        using var command = connection.CreateCommand();
        (UsageDimension Dimension, string Name)[] columns = [(UsageDimension.Model, "model"), (UsageDimension.Key, "key"), (UsageDimension.User, "user"), (UsageDimension.Day, day)];
        var asked = columns.Index().Where(column => query.By.Contains(column.Item.Dimension)).Select(column => column.Index + 1).ToArray();
        command.CommandText = $"""
            SELECT {string.Join(", ", columns.Select((column, i) => asked.Contains(i + 1) ? column.Name : "NULL"))}, {sums}
            {(asked.Length > 0 ? $"GROUP BY {string.Join(", ", asked)}" : "HAVING COUNT(*) > 0")}
            """;
        command.Parameters.AddWithValue("$tenant", query.Tenant);
        command.Parameters.AddWithValue("$key", (object?)query.Key ?? DBNull.Value);
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$to", to);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            groups.Add(
                new UsagePoint(query.Tenant, Text(reader, 0), Text(reader, 1), Text(reader, 2), reader.IsDBNull(3) ? null : DailyTable.Day(reader.GetInt64(3))),
                Sums(reader));
        }
    }

    private static UsageSums Sums(SqliteDataReader row) => new()
    {
        Requests = row.GetInt64(4),
        Failed = row.GetInt64(5),
        Estimated = row.GetInt64(6),
        PromptTokens = row.GetInt64(7),
        CachedTokens = row.GetInt64(8),
        CacheWriteTokens = row.GetInt64(9),
        CompletionTokens = row.GetInt64(10),
        ReasoningTokens = row.GetInt64(11),
        CostMicroUsd = row.GetInt64(12),
    };

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
