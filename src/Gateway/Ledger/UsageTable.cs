using Microsoft.Data.Sqlite;

namespace Tollgate.Ledger;

/// <summary>The statements of the SQLite ledger. Times are milliseconds since 1970, money is micro-USD.</summary>
internal static class UsageTable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS usage (
            request_id TEXT PRIMARY KEY, opened_at INTEGER NOT NULL, tenant TEXT NOT NULL, key TEXT NOT NULL, model TEXT NOT NULL,
            state TEXT NOT NULL, deployment TEXT, provider TEXT, region TEXT,
            prompt_tokens INTEGER, cached_tokens INTEGER, cache_write_tokens INTEGER, completion_tokens INTEGER, reasoning_tokens INTEGER,
            cost_micro_usd INTEGER, price_version TEXT, estimated INTEGER, status TEXT, http_status INTEGER, attempts INTEGER,
            first_token_ms REAL, total_ms REAL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS usage_by_tenant ON usage (tenant, opened_at);
        """;

    private const string Upsert = """
        INSERT OR REPLACE INTO usage VALUES (
            $request_id, $opened_at, $tenant, $key, $model, $state, $deployment, $provider, $region,
            $prompt, $cached, $cache_write, $completion, $reasoning, $cost, $price_version, $estimated, $status, $http_status, $attempts,
            $first_token_ms, $total_ms)
        """;

    private const string Totals = """
        SELECT model, COUNT(*), SUM(prompt_tokens), SUM(cached_tokens), SUM(completion_tokens), SUM(reasoning_tokens), SUM(cost_micro_usd)
        FROM usage
        WHERE tenant = $tenant AND ($key IS NULL OR key = $key) AND opened_at >= $from AND opened_at < $to AND state <> 'open'
        GROUP BY model ORDER BY model
        """;

    public static void Create(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Schema;
        command.ExecuteNonQuery();
    }

    /// <summary>Writes rows in one transaction. Writing the same rows again changes nothing.</summary>
    public static void Write(SqliteConnection connection, IEnumerable<(OpenedCall Call, SettledCall? Settled)> rows)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = Upsert;
        command.Transaction = transaction;
        foreach (var (call, settled) in rows)
        {
            command.Parameters.Clear();
            Bind(command.Parameters, call, settled);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    public static IReadOnlyList<UsageTotal> Sum(SqliteConnection connection, string tenant, string? key, DateTimeOffset from, DateTimeOffset to)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Totals;
        command.Parameters.AddWithValue("$tenant", tenant);
        command.Parameters.AddWithValue("$key", (object?)key ?? DBNull.Value);
        command.Parameters.AddWithValue("$from", from.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$to", to.ToUnixTimeMilliseconds());
        using var reader = command.ExecuteReader();
        var totals = new List<UsageTotal>();
        while (reader.Read())
        {
            totals.Add(new UsageTotal(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6)));
        }
        return totals;
    }

    private static void Bind(SqliteParameterCollection row, OpenedCall call, SettledCall? settled)
    {
        row.AddWithValue("$request_id", call.RequestId);
        row.AddWithValue("$opened_at", call.OpenedAt.ToUnixTimeMilliseconds());
        row.AddWithValue("$tenant", call.Tenant);
        row.AddWithValue("$key", call.Key);
        row.AddWithValue("$model", call.Model);
        row.AddWithValue("$state", settled is null ? "open" : "settled");
        row.AddWithValue("$deployment", OrNull(settled?.Deployment));
        row.AddWithValue("$provider", OrNull(settled?.Provider));
        row.AddWithValue("$region", OrNull(settled?.Region));
        row.AddWithValue("$prompt", settled?.Usage.Prompt ?? 0);
        row.AddWithValue("$cached", settled?.Usage.CacheRead ?? 0);
        row.AddWithValue("$cache_write", (settled?.Usage.CacheWrite5m + settled?.Usage.CacheWrite1h) ?? 0);
        row.AddWithValue("$completion", settled?.Usage.Completion ?? 0);
        row.AddWithValue("$reasoning", settled?.Usage.Reasoning ?? 0);
        row.AddWithValue("$cost", settled?.CostMicroUsd ?? 0);
        row.AddWithValue("$price_version", OrNull(settled?.PriceVersion));
        row.AddWithValue("$estimated", settled?.Estimated == true ? 1 : 0);
        row.AddWithValue("$status", OrNull(settled is null ? null : Word(settled.Status)));
        row.AddWithValue("$http_status", OrNull(settled?.HttpStatus));
        row.AddWithValue("$attempts", OrNull(settled?.Attempts));
        row.AddWithValue("$first_token_ms", OrNull(settled?.FirstTokenMs));
        row.AddWithValue("$total_ms", OrNull(settled?.TotalMs));
    }

    private static string Word(CallStatus status) => status switch
    {
        CallStatus.Ok => "ok",
        CallStatus.Failed => "failed",
        CallStatus.Cut => "cut",
        _ => "disconnected",
    };

    private static object OrNull(object? value) => value ?? DBNull.Value;
}
