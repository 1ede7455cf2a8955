using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>
/// Anthropic's <c>input_tokens</c> are what was neither read from nor written to the cache; OpenAI's prompt tokens are all.
/// Numbers of a stream are cumulative: the newest replaces the one before.
/// </summary>
internal sealed class UsageTally
{
    private long input;
    private long output;
    private long cacheRead;
    private long cacheWrite;
    private long cacheWrite1h;
    private long thinking;
    private ServiceTier tier;

    public TokenUsage Set(UsageBody usage)
    {
        input = usage.InputTokens ?? input;
        output = usage.OutputTokens ?? output;
        cacheRead = usage.CacheReadInputTokens ?? cacheRead;
        cacheWrite = usage.CacheCreationInputTokens ?? cacheWrite;
        cacheWrite1h = Math.Min(usage.CacheCreation?.OneHour ?? cacheWrite1h, cacheWrite);
        thinking = usage.OutputTokensDetails?.ThinkingTokens ?? thinking;
        tier = usage.ServiceTier is { } served ? ServiceTiers.Parse(served) : tier;
        return new TokenUsage
        {
            Prompt = input + cacheRead + cacheWrite,
            CacheRead = cacheRead,
            CacheWrite5m = cacheWrite - cacheWrite1h,
            CacheWrite1h = cacheWrite1h,
            Completion = output,
            Reasoning = thinking,
            Tier = tier,
        };
    }
}
