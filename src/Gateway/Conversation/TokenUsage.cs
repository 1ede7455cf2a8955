using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

/// <summary>
/// What a call used, in tokens. <see cref="Prompt"/> is all input, cache reads and writes included;
/// <see cref="Completion"/> is all output, reasoning included.
/// </summary>
internal readonly record struct TokenUsage
{
    public long Prompt { get; init; }

    /// <summary>Part of <see cref="Prompt"/> that came from the provider's prompt cache.</summary>
    public long CacheRead { get; init; }

    /// <summary>Part of <see cref="Prompt"/> written to a cache that lives 5 minutes.</summary>
    public long CacheWrite5m { get; init; }

    /// <summary>Part of <see cref="Prompt"/> written to a cache that lives 1 hour.</summary>
    public long CacheWrite1h { get; init; }

    public long Completion { get; init; }

    /// <summary>Part of <see cref="Completion"/>.</summary>
    public long Reasoning { get; init; }

    /// <summary>Part of <see cref="Prompt"/>.</summary>
    public long PromptAudio { get; init; }

    /// <summary>Part of <see cref="PromptAudio"/> and of <see cref="CacheRead"/>.</summary>
    public long CacheReadAudio { get; init; }

    /// <summary>Part of <see cref="Completion"/>.</summary>
    public long CompletionAudio { get; init; }

    /// <summary>Part of <see cref="Prompt"/>.</summary>
    public long PromptImage { get; init; }

    /// <summary>Part of <see cref="Completion"/>.</summary>
    public long CompletionImage { get; init; }

    /// <summary>The tier that the provider says it served.</summary>
    public ServiceTier Tier { get; init; }

    [JsonIgnore]
    public long Total => Prompt + Completion;

    /// <summary>Both together, said to be of the first one's tier.</summary>
    public static TokenUsage operator +(in TokenUsage one, in TokenUsage other) => new()
    {
        Prompt = one.Prompt + other.Prompt,
        CacheRead = one.CacheRead + other.CacheRead,
        CacheWrite5m = one.CacheWrite5m + other.CacheWrite5m,
        CacheWrite1h = one.CacheWrite1h + other.CacheWrite1h,
        Completion = one.Completion + other.Completion,
        Reasoning = one.Reasoning + other.Reasoning,
        PromptAudio = one.PromptAudio + other.PromptAudio,
        CacheReadAudio = one.CacheReadAudio + other.CacheReadAudio,
        CompletionAudio = one.CompletionAudio + other.CompletionAudio,
        PromptImage = one.PromptImage + other.PromptImage,
        CompletionImage = one.CompletionImage + other.CompletionImage,
        Tier = one.Tier,
    };

    /// <summary>What is left of a sum without one of its parts.</summary>
    public static TokenUsage operator -(in TokenUsage sum, in TokenUsage part) => new()
    {
        Prompt = sum.Prompt - part.Prompt,
        CacheRead = sum.CacheRead - part.CacheRead,
        CacheWrite5m = sum.CacheWrite5m - part.CacheWrite5m,
        CacheWrite1h = sum.CacheWrite1h - part.CacheWrite1h,
        Completion = sum.Completion - part.Completion,
        Reasoning = sum.Reasoning - part.Reasoning,
        PromptAudio = sum.PromptAudio - part.PromptAudio,
        CacheReadAudio = sum.CacheReadAudio - part.CacheReadAudio,
        CompletionAudio = sum.CompletionAudio - part.CompletionAudio,
        PromptImage = sum.PromptImage - part.PromptImage,
        CompletionImage = sum.CompletionImage - part.CompletionImage,
        Tier = sum.Tier,
    };
}
