using Microsoft.Data.Sqlite;
using Tollgate.Conversation;

namespace Tollgate.Ledger.Rerating;

/// <summary>Rows of the SQLite ledger as far as their cost goes.</summary>
internal static class RatedTable
{
    private const string Select = """
        SELECT request_id, opened_at, state, deployment, attempts, prompt_tokens, cached_tokens, cache_write_tokens, cache_write1h_tokens, completion_tokens, reasoning_tokens,
            audio_input_tokens, audio_cached_tokens, audio_output_tokens, image_input_tokens, image_output_tokens, service_tier, earlier, cost_micro_usd, price_version
        FROM usage
        WHERE tenant = $tenant AND opened_at >= $from AND opened_at < $to AND state <> 'open' AND request_id > $after
        ORDER BY request_id LIMIT $most
        """;

    private const string Update = """
        UPDATE usage SET
            original_price_version = CASE WHEN original_cost_micro_usd IS NULL THEN price_version ELSE original_price_version END,
            original_cost_micro_usd = COALESCE(original_cost_micro_usd, cost_micro_usd),
            cost_micro_usd = $cost, price_version = $version, earlier = $earlier, rated_at = $now
        WHERE request_id = $id
        """;

    /// <summary>A tenant's rows that are not open, in the order of their ids.</summary>
    public static IReadOnlyList<(string Id, RatedRow Row)> Read(SqliteConnection connection, string tenant, DateTimeOffset from, DateTimeOffset to, string after, int most)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Select;
        command.Parameters.AddWithValue("$tenant", tenant);
        command.Parameters.AddWithValue("$from", from.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$to", to.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$after", after);
        command.Parameters.AddWithValue("$most", most);
        using var reader = command.ExecuteReader();
        var rows = new List<(string, RatedRow)>();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), Row(reader)));
        }
        return rows;
    }

    /// <summary>Gives rows their new costs, in the transaction under way.</summary>
    public static void Write(SqliteConnection connection, IEnumerable<(string Id, Rating Rating)> changes, DateTimeOffset now)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Update;
        foreach (var (id, rating) in changes)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$id", id);
            command.Parameters.AddWithValue("$cost", rating.CostMicroUsd);
            command.Parameters.AddWithValue("$version", (object?)rating.PriceVersion ?? DBNull.Value);
            command.Parameters.AddWithValue("$earlier", (object?)BilledAttempts.Write(rating.Earlier) ?? DBNull.Value);
            command.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
            command.ExecuteNonQuery();
        }
    }

    private static RatedRow Row(SqliteDataReader row)
    {
        var write1h = Number(8);
        return new RatedRow
        {
            OpenedAt = DateTimeOffset.FromUnixTimeMilliseconds(Number(1)),
            IsBound = Text(2) == UsageEntity.Reconciled,
            Deployment = Text(3),
            Attempts = (int)Number(4),
            Usage = new TokenUsage
            {
                Prompt = Number(5),
                CacheRead = Number(6),
                CacheWrite5m = Number(7) - write1h,
                CacheWrite1h = write1h,
                Completion = Number(9),
                Reasoning = Number(10),
                PromptAudio = Number(11),
                CacheReadAudio = Number(12),
                CompletionAudio = Number(13),
                PromptImage = Number(14),
                CompletionImage = Number(15),
                Tier = ServiceTiers.Parse(Text(16)),
            },
            IsSplit = Text(16) is not null,
            Earlier = BilledAttempts.Read(Text(17)),
            CostMicroUsd = Number(18),
            PriceVersion = Text(19),
        };

        long Number(int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
