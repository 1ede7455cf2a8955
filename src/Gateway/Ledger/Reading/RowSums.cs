using Azure.Data.Tables;

namespace Tollgate.Ledger.Reading;

/// <summary>What rows of the tables add to sums.</summary>
internal static class RowSums
{
    /// <summary>The columns of a call's row that <see cref="OfCall"/> needs.</summary>
    public static readonly string[] OfCalls = ["Status", "PromptTokens", "CachedTokens", "CacheWriteTokens", "CompletionTokens", "ReasoningTokens", "CostMicroUsd", "Estimated"];

    /// <summary>The columns of a day's sums that <see cref="OfDay"/> needs.</summary>
    public static readonly string[] OfDays = ["Requests", "Failed", .. OfCalls[1..]];

    /// <summary>A row of table <c>Usage</c> that is not open.</summary>
    public static UsageSums OfCall(TableEntity row)
    {
        var sums = Tokens(row);
        sums.Requests = 1;
        sums.Failed = row.GetString("Status") == CallStatus.Failed.Word() ? 1 : 0;
        sums.Estimated = row.GetBoolean("Estimated") == true ? 1 : 0;
        return sums;
    }

    /// <summary>A row of table <c>UsageDaily</c> that is not a day's own.</summary>
    public static UsageSums OfDay(TableEntity row)
    {
        var sums = Tokens(row);
        sums.Requests = Number(row, "Requests");
        sums.Failed = Number(row, "Failed");
        sums.Estimated = Number(row, "Estimated");
        return sums;
    }

    private static UsageSums Tokens(TableEntity row) => new()
    {
        PromptTokens = Number(row, "PromptTokens"),
        CachedTokens = Number(row, "CachedTokens"),
        CacheWriteTokens = Number(row, "CacheWriteTokens"),
        CompletionTokens = Number(row, "CompletionTokens"),
        ReasoningTokens = Number(row, "ReasoningTokens"),
        CostMicroUsd = Number(row, "CostMicroUsd"),
    };

    private static long Number(TableEntity row, string column) => row.GetInt64(column) ?? 0;
}
