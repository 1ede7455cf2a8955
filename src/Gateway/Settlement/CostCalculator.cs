using Tollgate.Catalogue;
using Tollgate.Conversation;

namespace Tollgate.Settlement;

/// <summary>Money in micro-USD: a price of one dollar per million tokens is one micro-dollar per token.</summary>
internal static class CostCalculator
{
    /// <summary>What a call cost, rounded up to a whole micro-dollar; 0 for a model without a price.</summary>
    public static long MicroUsd(ModelPrice? price, in TokenUsage usage)
    {
        if (price is null)
        {
            return 0;
        }
        var rates = RatesFor(price, usage.Prompt);
        var fresh = Math.Max(0, usage.Prompt - usage.CacheRead - usage.CacheWrite5m - usage.CacheWrite1h);
        return Rounded((fresh * rates.Input)
            + (usage.CacheRead * rates.CacheRead)
            + (usage.CacheWrite5m * rates.CacheWrite5m)
            + (usage.CacheWrite1h * rates.CacheWrite1h)
            + (Math.Min(usage.PromptAudio, fresh) * ((price.AudioInput ?? rates.Input) - rates.Input))
            + (usage.Completion * rates.Output));
    }

    /// <summary>
    /// The most that a prompt of at most <paramref name="prompt"/> tokens can cost, whatever of it is cached and with at most
    /// <paramref name="sound"/> tokens of sound in it.
    /// </summary>
    public static decimal PromptBound(ModelPrice price, long prompt, long sound)
    {
        var rates = RatesFor(price, prompt);
        var text = Math.Max(rates.Input, Math.Max(rates.CacheWrite5m, rates.CacheWrite1h));
        return (prompt * text) + (sound * Math.Max(0, (price.AudioInput ?? text) - text));
    }

    /// <summary>Micro-USD per output token for a prompt of at most <paramref name="prompt"/> tokens.</summary>
    public static decimal OutputRate(ModelPrice price, long prompt) => RatesFor(price, prompt).Output;

    public static long Rounded(decimal microUsd) => (long)Math.Ceiling(microUsd);

    private static Rates RatesFor(ModelPrice price, long prompt) => price.LongContext is { } longer && prompt > longer.Above
        ? new(longer.Input, longer.CachedInput ?? longer.Input, longer.CacheWrite5m ?? longer.Input, longer.CacheWrite1h ?? longer.Input, longer.Output)
        : new(price.Input, price.CachedInput ?? price.Input, price.CacheWrite5m ?? price.Input, price.CacheWrite1h ?? price.Input, price.Output);

    private readonly record struct Rates(decimal Input, decimal CacheRead, decimal CacheWrite5m, decimal CacheWrite1h, decimal Output);
}
