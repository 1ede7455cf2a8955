namespace Tollgate.Ledger.Reading;

/// <summary>Sums over calls' rows that are not open. Tokens, micro-USD and counts; never a fraction.</summary>
internal sealed class UsageSums
{
    public long Requests { get; set; }

    /// <summary>Of them, those that failed: nothing was generated.</summary>
    public long Failed { get; set; }

    /// <summary>Of them, those whose tokens the gateway counted.</summary>
    public long Estimated { get; set; }

    public long PromptTokens { get; set; }

    public long CachedTokens { get; set; }

    public long CacheWriteTokens { get; set; }

    public long CompletionTokens { get; set; }

    public long ReasoningTokens { get; set; }

    public long CostMicroUsd { get; set; }

    public void Add(UsageSums other)
    {
        Requests += other.Requests;
        Failed += other.Failed;
        Estimated += other.Estimated;
        PromptTokens += other.PromptTokens;
        CachedTokens += other.CachedTokens;
        CacheWriteTokens += other.CacheWriteTokens;
        CompletionTokens += other.CompletionTokens;
        ReasoningTokens += other.ReasoningTokens;
        CostMicroUsd += other.CostMicroUsd;
    }

    public static UsageSums Of(IEnumerable<UsageSums> parts)
    {
        var sums = new UsageSums();
        foreach (var part in parts)
        {
            sums.Add(part);
        }
        return sums;
    }
}
