using Azure.Data.Tables;
using Tollgate.Conversation;

namespace Tollgate.Ledger.Rerating;

/// <summary>Rows of table <c>Usage</c> as far as their cost goes.</summary>
internal static class RatedEntity
{
    /// <summary>The columns that are read.</summary>
    public static readonly string[] Columns =
    [
        "PartitionKey", "RowKey", "State", "OpenedAt", "Deployment", "Attempts", "PromptTokens", "CachedTokens", "CacheWriteTokens", "CacheWrite1hTokens", "CompletionTokens", "ReasoningTokens",
        "AudioInputTokens", "AudioCachedTokens", "AudioOutputTokens", "ImageInputTokens", "ImageOutputTokens", "ServiceTier", "Earlier", "CostMicroUsd", "PriceVersion", "OriginalCostMicroUsd",
    ];

    public static RatedRow Read(TableEntity row)
    {
        var write1h = Number(row, "CacheWrite1hTokens");
        return new RatedRow
        {
            OpenedAt = row.GetDateTimeOffset("OpenedAt") ?? default,
            IsBound = row.GetString("State") == UsageEntity.Reconciled,
            Deployment = row.GetString("Deployment"),
            Usage = new TokenUsage
            {
                Prompt = Number(row, "PromptTokens"),
                CacheRead = Number(row, "CachedTokens"),
                CacheWrite5m = Number(row, "CacheWriteTokens") - write1h,
                CacheWrite1h = write1h,
                Completion = Number(row, "CompletionTokens"),
                Reasoning = Number(row, "ReasoningTokens"),
                PromptAudio = Number(row, "AudioInputTokens"),
                CacheReadAudio = Number(row, "AudioCachedTokens"),
                CompletionAudio = Number(row, "AudioOutputTokens"),
                PromptImage = Number(row, "ImageInputTokens"),
                CompletionImage = Number(row, "ImageOutputTokens"),
                Tier = ServiceTiers.Parse(row.GetString("ServiceTier")),
            },
            Earlier = BilledAttempts.Read(row.GetString("Earlier")),
            IsSplit = row.GetString("ServiceTier") is not null,
            Attempts = row.GetInt32("Attempts") ?? 0,
            CostMicroUsd = Number(row, "CostMicroUsd"),
            PriceVersion = row.GetString("PriceVersion"),
        };
    }

    /// <summary>What is merged into a row: its new cost, and its first one where it has none yet.</summary>
    public static TableEntity Rerated(TableEntity row, RatedRow before, in Rating rating, DateTimeOffset now)
    {
        var changed = new TableEntity(row.PartitionKey, row.RowKey)
        {
            ["CostMicroUsd"] = rating.CostMicroUsd,
            ["PriceVersion"] = rating.PriceVersion,
            ["RatedAt"] = now,
        };
        if (rating.Earlier.Count > 0)
        {
            changed["Earlier"] = BilledAttempts.Write(rating.Earlier);
        }
        if (row.GetInt64("OriginalCostMicroUsd") is null)
        {
            changed["OriginalCostMicroUsd"] = before.CostMicroUsd;
            changed["OriginalPriceVersion"] = before.PriceVersion;
        }
        return changed;
    }

    private static long Number(TableEntity row, string column) => row.GetInt64(column) ?? 0;
}
