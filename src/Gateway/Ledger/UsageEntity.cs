using Azure.Data.Tables;
using Tollgate.Conversation;

namespace Tollgate.Ledger;

/// <summary>
/// The columns of table <c>Usage</c>. PartitionKey is that of <see cref="UsagePartition"/>, RowKey the request id, which sorts by time.
/// Times are UTC, money is micro-USD. Never any text of a call.
/// </summary>
internal static class UsageEntity
{
    public const string Table = "Usage";

    /// <summary>Values of column <c>State</c>.</summary>
    public const string Open = "open", Settled = "settled", Reconciled = "reconciled";

    public static TableEntity Of(OpenedCall call, SettledCall? settled)
    {
        var row = new TableEntity(UsagePartition.Of(call.Tenant, call.OpenedAt), call.RequestId)
        {
            ["Key"] = call.Key,
            ["User"] = call.User,
            ["Model"] = call.Model,
            ["State"] = settled is null ? Open : Settled,
            ["OpenedAt"] = call.OpenedAt,
            ["ReservedAt"] = call.ReservedAt == default ? null : call.ReservedAt,
            ["Leases"] = string.Join(' ', call.Leases),
            ["BoundTokens"] = call.BoundTokens,
            ["BoundMicroUsd"] = call.BoundMicroUsd,
            ["Unchecked"] = call.Unchecked,
        };
        if (settled is not null)
        {
            Complete(row, settled);
        }
        return row;
    }

    /// <summary>What is merged into a row that nobody will settle any more: it used its bounds.</summary>
    public static TableEntity Reconciling(TableEntity open) => new(open.PartitionKey, open.RowKey)
    {
        ["State"] = Reconciled,
        ["Estimated"] = true,
        ["PromptTokens"] = open.GetInt64("BoundTokens") ?? 0,
        ["CachedTokens"] = 0L,
        ["CacheWriteTokens"] = 0L,
        ["CompletionTokens"] = 0L,
        ["ReasoningTokens"] = 0L,
        ["CostMicroUsd"] = open.GetInt64("BoundMicroUsd") ?? 0,
    };

    private static void Complete(TableEntity row, SettledCall settled)
    {
        row["Deployment"] = settled.Deployment;
        row["Provider"] = settled.Provider;
        row["Region"] = settled.Region;
        row["PromptTokens"] = settled.Usage.Prompt;
        row["CachedTokens"] = settled.Usage.CacheRead;
        row["CacheWriteTokens"] = settled.Usage.CacheWrite5m + settled.Usage.CacheWrite1h;
        row["CompletionTokens"] = settled.Usage.Completion;
        row["ReasoningTokens"] = settled.Usage.Reasoning;
        row["ServiceTier"] = settled.Usage.Tier.Word();
        row["CacheWrite1hTokens"] = settled.Usage.CacheWrite1h;
        row["AudioInputTokens"] = NotZero(settled.Usage.PromptAudio);
        row["AudioCachedTokens"] = NotZero(settled.Usage.CacheReadAudio);
        row["AudioOutputTokens"] = NotZero(settled.Usage.CompletionAudio);
        row["ImageInputTokens"] = NotZero(settled.Usage.PromptImage);
        row["ImageOutputTokens"] = NotZero(settled.Usage.CompletionImage);
        row["Earlier"] = BilledAttempts.Write(settled.Earlier);
        row["CostMicroUsd"] = settled.CostMicroUsd;
        row["PriceVersion"] = settled.PriceVersion;
        row["Estimated"] = settled.Estimated;
        row["Status"] = settled.Status.Word();
        row["HttpStatus"] = settled.HttpStatus;
        row["Attempts"] = settled.Attempts;
        row["FirstTokenMs"] = settled.FirstTokenMs;
        row["TotalMs"] = settled.TotalMs;
        row["SettledAt"] = settled.SettledAt;
    }

    private static long? NotZero(long tokens) => tokens == 0 ? null : tokens;
}
