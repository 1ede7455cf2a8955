using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Tollgate.Ledger.Reading;

namespace Tollgate.Ledger.Rollups;

/// <summary>
/// The rows of table <c>UsageDaily</c>. PartitionKey is <c>{tenant}|{yyyyMM}</c>, RowKey <c>{dd}|{model}|{key}</c>, each part escaped as in
/// <see cref="UsagePartition"/>. Row <c>{dd}</c>, which comes before the sums of its day, says how far they can be relied upon.
/// </summary>
internal static class DailyEntity
{
    public const string Table = "UsageDaily";

    /// <summary>The service takes 1 KiB, in UTF-16.</summary>
    private const int LongestRowKey = 512;

    /// <summary>Bool columns of a day's own row: its sums are those of its rows; its rows are deleted, or about to be.</summary>
    public const string Closed = "Closed", Sealed = "Sealed";

    /// <summary>Column of a day's own row: when it was last said that a late row is about to be written.</summary>
    public const string ChangedAt = "ChangedAt";

    public static string Partition(string tenant, DateOnly day) => PartitionOfEscaped(UsagePartition.Escape(tenant), day);

    public static string PartitionOfEscaped(string tenant, DateOnly day) => string.Create(CultureInfo.InvariantCulture, $"{tenant}|{day:yyyyMM}");

    public static string DayKey(DateOnly day) => day.ToString("dd", CultureInfo.InvariantCulture);

    /// <summary>The model and the key are in columns too: where they are too long for a key, it only has to be no other's.</summary>
    public static string RowKey(DateOnly day, string model, string key)
    {
        var whole = $"{DayKey(day)}|{UsagePartition.Escape(model)}|{UsagePartition.Escape(key)}";
        return whole.Length <= LongestRowKey ? whole : $"{whole[..400]}|{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)))}";
    }

    /// <summary>The day of a row of a partition.</summary>
    public static DateOnly DayOf(TableEntity row) => DateOnly.ParseExact(
        row.PartitionKey[(row.PartitionKey.IndexOf('|') + 1)..] + row.RowKey[..2], "yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>It is a day's own row.</summary>
    public static bool IsDay(TableEntity row) => row.RowKey.Length == 2;

    /// <summary>Readers may go by the day's sums.</summary>
    public static bool IsTrusted(TableEntity day) => day.GetBoolean(Closed) == true || day.GetBoolean(Sealed) == true;

    public static TableEntity Of(string partition, DateOnly day, string model, string key, UsageSums sums, DateTimeOffset now) => new(partition, RowKey(day, model, key))
    {
        ["Model"] = model,
        ["Key"] = key,
        ["Requests"] = sums.Requests,
        ["Failed"] = sums.Failed,
        ["PromptTokens"] = sums.PromptTokens,
        ["CachedTokens"] = sums.CachedTokens,
        ["CacheWriteTokens"] = sums.CacheWriteTokens,
        ["CompletionTokens"] = sums.CompletionTokens,
        ["ReasoningTokens"] = sums.ReasoningTokens,
        ["CostMicroUsd"] = sums.CostMicroUsd,
        ["Estimated"] = sums.Estimated,
        ["RecomputedAt"] = now,
    };
}
