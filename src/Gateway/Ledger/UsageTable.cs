using Microsoft.Data.Sqlite;
using SQLitePCL;

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

    private const string Upsert = "INSERT OR REPLACE INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

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

    /// <summary>
    /// Writes rows in one transaction. Writing the same rows again changes nothing. The statement is bound by position: looking
    /// its parameters up by name costs more than writing the row.
    /// </summary>
    /// <exception cref="SqliteException">Nothing was written.</exception>
    public static void Write(SqliteConnection connection, IEnumerable<(OpenedCall Call, SettledCall? Settled)> rows)
    {
        using var transaction = connection.BeginTransaction();
        Check(raw.sqlite3_prepare_v2(connection.Handle, Upsert, out var statement), connection);
        using (statement)
        {
            foreach (var (call, settled) in rows)
            {
                Bind(statement, call, settled);
                Check(raw.sqlite3_step(statement), connection);
                Check(raw.sqlite3_reset(statement), connection);
            }
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

    /// <summary>In the order of the table's columns. What a call that is only open does not have yet stays NULL or 0.</summary>
    private static void Bind(sqlite3_stmt row, OpenedCall call, SettledCall? settled)
    {
        raw.sqlite3_clear_bindings(row);
        Text(row, 1, call.RequestId);
        raw.sqlite3_bind_int64(row, 2, call.OpenedAt.ToUnixTimeMilliseconds());
        Text(row, 3, call.Tenant);
        Text(row, 4, call.Key);
        Text(row, 5, call.Model);
        Text(row, 6, settled is null ? "open" : "settled");
        var usage = settled?.Usage ?? default;
        raw.sqlite3_bind_int64(row, 10, usage.Prompt);
        raw.sqlite3_bind_int64(row, 11, usage.CacheRead);
        raw.sqlite3_bind_int64(row, 12, usage.CacheWrite5m + usage.CacheWrite1h);
        raw.sqlite3_bind_int64(row, 13, usage.Completion);
        raw.sqlite3_bind_int64(row, 14, usage.Reasoning);
        raw.sqlite3_bind_int64(row, 15, settled?.CostMicroUsd ?? 0);
        raw.sqlite3_bind_int64(row, 17, settled?.Estimated == true ? 1 : 0);
        if (settled is null)
        {
            return;
        }
        Text(row, 7, settled.Deployment);
        Text(row, 8, settled.Provider);
        Text(row, 9, settled.Region);
        Text(row, 16, settled.PriceVersion);
        Text(row, 18, Word(settled.Status));
        raw.sqlite3_bind_int64(row, 19, settled.HttpStatus);
        raw.sqlite3_bind_int64(row, 20, settled.Attempts);
        if (settled.FirstTokenMs is { } firstToken)
        {
            raw.sqlite3_bind_double(row, 21, firstToken);
        }
        raw.sqlite3_bind_double(row, 22, settled.TotalMs);
    }

    private static void Text(sqlite3_stmt row, int column, string? value)
    {
        if (value is not null)
        {
            raw.sqlite3_bind_text(row, column, value);
        }
    }

    private static void Check(int result, SqliteConnection connection)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(result, connection.Handle);
        }
    }

    private static string Word(CallStatus status) => status switch
    {
        CallStatus.Ok => "ok",
        CallStatus.Failed => "failed",
        CallStatus.Cut => "cut",
        _ => "disconnected",
    };
}
