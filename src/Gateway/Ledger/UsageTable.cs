using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tollgate.Conversation;
using Tollgate.Ledger.Rollups;

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

    /// <summary>Columns that older files lack. Of their rows they are NULL.</summary>
    private static readonly (string Name, string Type)[] Added =
    [
        ("user", "TEXT"), ("reserved_at", "INTEGER"), ("leases", "TEXT"), ("bound_tokens", "INTEGER"), ("bound_micro_usd", "INTEGER"),
        ("unchecked", "INTEGER"), ("settled_at", "INTEGER"), ("service_tier", "TEXT"), ("cache_write1h_tokens", "INTEGER"), ("audio_input_tokens", "INTEGER"),
        ("audio_cached_tokens", "INTEGER"), ("audio_output_tokens", "INTEGER"), ("image_input_tokens", "INTEGER"), ("image_output_tokens", "INTEGER"), ("earlier", "TEXT"),
        ("original_cost_micro_usd", "INTEGER"), ("original_price_version", "TEXT"), ("rated_at", "INTEGER"),
    ];

    private const string Columns = """
        (request_id, opened_at, tenant, key, model, state, deployment, provider, region, prompt_tokens, cached_tokens, cache_write_tokens,
         completion_tokens, reasoning_tokens, cost_micro_usd, price_version, estimated, status, http_status, attempts, first_token_ms, total_ms,
         user, reserved_at, leases, bound_tokens, bound_micro_usd, unchecked, settled_at, service_tier, cache_write1h_tokens, audio_input_tokens,
         audio_cached_tokens, audio_output_tokens, image_input_tokens, image_output_tokens, earlier)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string InsertOpen = $"INSERT OR IGNORE INTO usage {Columns}";

    private const string ReplaceSettled = $"INSERT OR REPLACE INTO usage {Columns}";

    private const string OfLease = """
        SELECT COALESCE(reserved_at, opened_at), state = 'open',
            CASE state WHEN 'open' THEN bound_tokens ELSE prompt_tokens + completion_tokens END,
            CASE state WHEN 'open' THEN bound_micro_usd ELSE cost_micro_usd END
        FROM usage
        WHERE tenant = $tenant AND opened_at >= $since AND instr(' ' || leases || ' ', ' ' || $lease || ' ') > 0
        ORDER BY request_id
        """;

    private const string CloseOpen = """
        UPDATE usage SET state = 'reconciled', estimated = 1, prompt_tokens = COALESCE(bound_tokens, 0), cost_micro_usd = COALESCE(bound_micro_usd, 0),
            cached_tokens = 0, cache_write_tokens = 0, completion_tokens = 0, reasoning_tokens = 0
        WHERE state = 'open' AND opened_at < $before
        RETURNING tenant, opened_at
        """;

    /// <summary>Makes the table, or adds what an older file lacks.</summary>
    public static void Create(SqliteConnection connection)
    {
        Execute(connection, Schema);
        Execute(connection, DailyTable.Schema);
        foreach (var (name, type) in Added.Where(column => !Has(connection, column.Name)))
        {
            Execute(connection, $"ALTER TABLE usage ADD COLUMN {name} {type}");
        }
    }

    /// <summary>
    /// Writes rows in one transaction. Writing the same rows again changes nothing. Statements are bound by position: looking
    /// their parameters up by name costs more than writing the row.
    /// </summary>
    /// <exception cref="SqliteException">Nothing was written.</exception>
    public static void Write(SqliteConnection connection, IReadOnlyList<UsageWrite> rows)
    {
        using var transaction = connection.BeginTransaction();
        Check(raw.sqlite3_prepare_v2(connection.Handle, InsertOpen, out var open), connection);
        Check(raw.sqlite3_prepare_v2(connection.Handle, ReplaceSettled, out var settle), connection);
        using (open)
        using (settle)
        {
            foreach (var (call, settled) in rows)
            {
                var statement = settled is null ? open : settle;
                Bind(statement, call, settled);
                Check(raw.sqlite3_step(statement), connection);
                Check(raw.sqlite3_reset(statement), connection);
            }
        }
        foreach (var (tenant, day) in rows.Where(row => row.Settled is not null).Select(row => (row.Call.Tenant, UsageDay.Of(row.Call.OpenedAt))).Distinct())
        {
            DailyTable.Reopen(connection, tenant, day);
        }
        transaction.Commit();
    }

    public static IReadOnlyList<LeaseUse> ReadLease(SqliteConnection connection, string tenant, string lease, DateTimeOffset since)
    {
        using var command = connection.CreateCommand();
        command.CommandText = OfLease;
        command.Parameters.AddWithValue("$tenant", tenant);
        command.Parameters.AddWithValue("$lease", lease);
        command.Parameters.AddWithValue("$since", since.ToUnixTimeMilliseconds());
        using var reader = command.ExecuteReader();
        var uses = new List<LeaseUse>();
        while (reader.Read())
        {
            uses.Add(new LeaseUse(DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)), reader.GetBoolean(1), reader.GetInt64(2), reader.GetInt64(3)));
        }
        return uses;
    }

    /// <returns>How many rows were open.</returns>
    public static int Reconcile(SqliteConnection connection, DateTimeOffset before)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = CloseOpen;
        command.Parameters.AddWithValue("$before", before.ToUnixTimeMilliseconds());
        var closed = new List<(string Tenant, DateOnly Day)>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                closed.Add((reader.GetString(0), UsageDay.Of(DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)))));
            }
        }
        foreach (var (tenant, day) in closed.Distinct())
        {
            DailyTable.Reopen(connection, tenant, day);
        }
        transaction.Commit();
        return closed.Count;
    }

    private static bool Has(SqliteConnection connection, string column)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM pragma_table_info('usage') WHERE name = $column";
        command.Parameters.AddWithValue("$column", column);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>In the order of <see cref="Columns"/>. What a call that is only open does not have yet stays NULL.</summary>
    private static void Bind(sqlite3_stmt row, OpenedCall call, SettledCall? settled)
    {
        raw.sqlite3_clear_bindings(row);
        Text(row, 1, call.RequestId);
        raw.sqlite3_bind_int64(row, 2, call.OpenedAt.ToUnixTimeMilliseconds());
        Text(row, 3, call.Tenant);
        Text(row, 4, call.Key);
        Text(row, 5, call.Model);
        Text(row, 6, settled is null ? "open" : "settled");
        Text(row, 23, call.User);
        if (call.ReservedAt != default)
        {
            raw.sqlite3_bind_int64(row, 24, call.ReservedAt.ToUnixTimeMilliseconds());
        }
        Text(row, 25, string.Join(' ', call.Leases));
        raw.sqlite3_bind_int64(row, 26, call.BoundTokens);
        raw.sqlite3_bind_int64(row, 27, call.BoundMicroUsd);
        raw.sqlite3_bind_int64(row, 28, call.Unchecked ? 1 : 0);
        if (settled is null)
        {
            return;
        }
        Text(row, 7, settled.Deployment);
        Text(row, 8, settled.Provider);
        Text(row, 9, settled.Region);
        raw.sqlite3_bind_int64(row, 10, settled.Usage.Prompt);
        raw.sqlite3_bind_int64(row, 11, settled.Usage.CacheRead);
        raw.sqlite3_bind_int64(row, 12, settled.Usage.CacheWrite5m + settled.Usage.CacheWrite1h);
        raw.sqlite3_bind_int64(row, 13, settled.Usage.Completion);
        raw.sqlite3_bind_int64(row, 14, settled.Usage.Reasoning);
        raw.sqlite3_bind_int64(row, 15, settled.CostMicroUsd);
        Text(row, 16, settled.PriceVersion);
        raw.sqlite3_bind_int64(row, 17, settled.Estimated ? 1 : 0);
        Text(row, 18, settled.Status.Word());
        raw.sqlite3_bind_int64(row, 19, settled.HttpStatus);
        raw.sqlite3_bind_int64(row, 20, settled.Attempts);
        if (settled.FirstTokenMs is { } firstToken)
        {
            raw.sqlite3_bind_double(row, 21, firstToken);
        }
        raw.sqlite3_bind_double(row, 22, settled.TotalMs);
        raw.sqlite3_bind_int64(row, 29, settled.SettledAt.ToUnixTimeMilliseconds());
        Text(row, 30, settled.Usage.Tier.Word());
        raw.sqlite3_bind_int64(row, 31, settled.Usage.CacheWrite1h);
        NotZero(row, 32, settled.Usage.PromptAudio);
        NotZero(row, 33, settled.Usage.CacheReadAudio);
        NotZero(row, 34, settled.Usage.CompletionAudio);
        NotZero(row, 35, settled.Usage.PromptImage);
        NotZero(row, 36, settled.Usage.CompletionImage);
        Text(row, 37, BilledAttempts.Write(settled.Earlier));
    }

    private static void NotZero(sqlite3_stmt row, int column, long tokens)
    {
        if (tokens != 0)
        {
            raw.sqlite3_bind_int64(row, column, tokens);
        }
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
}
