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

    /// <summary>Part of <see cref="Completion"/>.</summary>
    public long CompletionAudio { get; init; }

    public long Total => Prompt + Completion;

    public static TokenUsage operator +(in TokenUsage one, in TokenUsage other) => new()
    {
        Prompt = one.Prompt + other.Prompt,
        CacheRead = one.CacheRead + other.CacheRead,
        CacheWrite5m = one.CacheWrite5m + other.CacheWrite5m,
        CacheWrite1h = one.CacheWrite1h + other.CacheWrite1h,
        Completion = one.Completion + other.Completion,
        Reasoning = one.Reasoning + other.Reasoning,
        PromptAudio = one.PromptAudio + other.PromptAudio,
        CompletionAudio = one.CompletionAudio + other.CompletionAudio,
    };
}
