namespace Tollgate.Ledger.Rollups;

/// <summary>Sums of a day, or of more, for one model and one key. Only rows that are not open count.</summary>
internal sealed class DailyUsage(string model, string key)
{
    public string Model => model;

    public string Key => key;

    public long Requests { get; set; }

    /// <summary>Of them, those that failed: nothing was generated.</summary>
    public long Failed { get; set; }

    public long PromptTokens { get; set; }

    public long CachedTokens { get; set; }

    public long CacheWriteTokens { get; set; }

    public long CompletionTokens { get; set; }

    public long ReasoningTokens { get; set; }

    public long CostMicroUsd { get; set; }

    /// <summary>Rows whose tokens the gateway counted.</summary>
    public long Estimated { get; set; }

    public UsageTotal ToTotal() => new(model, Requests, PromptTokens, CachedTokens, CompletionTokens, ReasoningTokens, CostMicroUsd);
}
