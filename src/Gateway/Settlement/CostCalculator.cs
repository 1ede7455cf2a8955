using Tollgate.Catalogue;
using Tollgate.Conversation;

namespace Tollgate.Settlement;

/// <summary>Money in micro-USD: a price of one dollar per million tokens is one micro-dollar per token.</summary>
internal static class CostCalculator
{
    /// <summary>What an upstream's answer cost, to the last digit; 0 for a model without a price.</summary>
    public static decimal Exact(ModelPrice? price, in TokenUsage usage)
    {
        if (price is null)
        {
            return 0;
        }
        var rates = price.Of(usage.Tier).For(usage.Prompt);
        return Prompt(rates, usage) + Completion(rates, usage);
    }

    /// <summary>
    /// The most that a prompt can cost, whatever of it is cached, served with any tier up to <paramref name="highest"/>.
    /// </summary>
    public static decimal PromptBound(ModelPrice price, in PromptSize prompt, ServiceTier highest)
    {
        var most = PromptBound(price, prompt);
        for (var i = 0; i < price.Tiers.Count; i++)
        {
            most = price.Tiers[i].Tier <= highest ? Math.Max(most, PromptBound(price.Tiers[i].Price, prompt)) : most;
        }
        return most;
    }

    /// <summary>The most micro-USD that an output token can cost behind a prompt of at most so many tokens, served with any tier up to <paramref name="highest"/>.</summary>
    public static decimal OutputRate(ModelPrice price, long prompt, ServiceTier highest)
    {
        var most = OutputRate(price, prompt);
        for (var i = 0; i < price.Tiers.Count; i++)
        {
            most = price.Tiers[i].Tier <= highest ? Math.Max(most, OutputRate(price.Tiers[i].Price, prompt)) : most;
        }
        return most;
    }

    /// <summary>Up to a whole micro-dollar: done once, with all that a call cost.</summary>
    public static long Rounded(decimal microUsd) => (long)Math.Ceiling(microUsd);

    private static decimal Prompt(TokenRates rates, in TokenUsage usage)
    {
        var cached = rates.CachedInput ?? rates.Input;
        var fresh = Math.Max(0, usage.Prompt - usage.CacheRead - usage.CacheWrite5m - usage.CacheWrite1h);
        var cachedSound = Math.Min(usage.CacheReadAudio, Math.Min(usage.CacheRead, usage.PromptAudio));

        // Where nobody says what was cached of them, sound and images are taken to be among the rest.
        var sound = Math.Min(usage.PromptAudio - cachedSound, fresh);
        var images = Math.Min(usage.PromptImage, fresh - sound);
        return ((fresh - sound - images) * rates.Input)
            + (sound * (rates.AudioInput ?? rates.Input))
            + (images * (rates.ImageInput ?? rates.Input))
            + ((usage.CacheRead - cachedSound) * cached)
            + (cachedSound * (rates.CachedAudioInput ?? cached))
            + (usage.CacheWrite5m * (rates.CacheWrite5m ?? rates.Input))
            + (usage.CacheWrite1h * (rates.CacheWrite1h ?? rates.Input));
    }

    private static decimal Completion(TokenRates rates, in TokenUsage usage)
    {
        var reasoning = Math.Min(usage.Reasoning, usage.Completion);
        var sound = Math.Min(usage.CompletionAudio, usage.Completion - reasoning);
        var images = Math.Min(usage.CompletionImage, usage.Completion - reasoning - sound);
        return ((usage.Completion - reasoning - sound - images) * rates.Output)
            + (reasoning * (rates.Reasoning ?? rates.Output))
            + (sound * (rates.AudioOutput ?? rates.Output))
            + (images * (rates.ImageOutput ?? rates.Output));
    }

    /// <summary>A prompt may turn out shorter than its bound: every step up to there may be the one it is billed at.</summary>
    private static decimal PromptBound(ModelPrice price, in PromptSize prompt)
    {
        var most = DearestPrompt(price, prompt);
        for (var i = 0; i < price.LongContext.Count; i++)
        {
            most = prompt.Tokens > price.LongContext[i].Above ? Math.Max(most, DearestPrompt(price.LongContext[i], prompt)) : most;
        }
        return most;
    }

    private static decimal OutputRate(ModelPrice price, long prompt)
    {
        var most = DearestOutput(price);
        for (var i = 0; i < price.LongContext.Count; i++)
        {
            most = prompt > price.LongContext[i].Above ? Math.Max(most, DearestOutput(price.LongContext[i])) : most;
        }
        return most;
    }

    private static decimal DearestPrompt(TokenRates rates, in PromptSize prompt)
    {
        var text = Math.Max(Math.Max(rates.Input, rates.CachedInput ?? 0), Math.Max(rates.CacheWrite5m ?? 0, rates.CacheWrite1h ?? 0));
        return (prompt.Tokens * text)
            + (prompt.Sound * Math.Max(0, Math.Max(rates.AudioInput ?? 0, rates.CachedAudioInput ?? 0) - text))
            + (prompt.Images * Math.Max(0, (rates.ImageInput ?? 0) - text));
    }

    private static decimal DearestOutput(TokenRates rates) =>
        Math.Max(Math.Max(rates.Output, rates.Reasoning ?? 0), Math.Max(rates.AudioOutput ?? 0, rates.ImageOutput ?? 0));
}

/// <summary>The most that a prompt can be, in tokens.</summary>
/// <param name="Tokens">All of it.</param>
/// <param name="Sound">What of it may be sound.</param>
/// <param name="Images">What of it may be images.</param>
internal readonly record struct PromptSize(long Tokens, long Sound = 0, long Images = 0);
