using Tollgate.Conversation;

namespace Tollgate.Intake;

/// <summary>
/// What one pass over a chat completion request found: all that admission and routing need to know, and where in the
/// body the few values stand that the gateway may rewrite. Positions are byte offsets in the body.
/// </summary>
internal sealed class CallScan
{
    public string? Model { get; set; }

    /// <summary>The quoted model value; empty where the body has none.</summary>
    public Range ModelValue { get; set; }

    /// <summary>The quoted value of <c>user</c>; empty where the body has none. Read by <see cref="EndUser"/> where it matters.</summary>
    public Range UserValue { get; set; }

    public bool Stream { get; set; }

    /// <summary>The caller wants the usage chunk.</summary>
    public bool IncludeUsage { get; set; }

    /// <summary>The value of <c>stream_options</c>; empty where the body has none.</summary>
    public Range StreamOptionsValue { get; set; }

    /// <summary>The value of <c>include_usage</c> inside it; empty where it has none.</summary>
    public Range IncludeUsageValue { get; set; }

    /// <summary>Null where the body does not have it.</summary>
    public OutputCap? MaxTokens { get; set; }

    /// <summary>Null where the body does not have it.</summary>
    public OutputCap? MaxCompletionTokens { get; set; }

    /// <summary>Number of choices, 1 to 128.</summary>
    public int Choices { get; set; } = 1;

    public int Messages { get; set; }

    /// <summary>The value of <c>messages</c>.</summary>
    public Range MessagesValue { get; set; }

    /// <summary>Bytes of everything that becomes prompt text: an upper bound of the prompt's text tokens, since no token is shorter than a byte.</summary>
    public long TextBytes { get; set; }

    /// <summary>Images, sounds and files in the order they stand in; null without any.</summary>
    public List<MediaPart>? Media { get; set; }

    /// <summary>Path of the first part of each kind, for the error when no target takes it.</summary>
    public string? FirstImage { get; set; }

    public string? FirstAudio { get; set; }

    public string? FirstFile { get; set; }

    public bool HasTools { get; set; }

    /// <summary>Tools that are no functions, so that they put a text of their provider's into the prompt.</summary>
    public int ProviderTools { get; set; }

    public bool HasJsonSchema { get; set; }

    /// <summary>The dearest tier that the caller's <c>service_tier</c> may be served with; null where the caller leaves it to the provider.</summary>
    public ServiceTier? Tier { get; set; }

    /// <summary>The last message is the assistant's: the model is to continue it.</summary>
    public bool EndsWithAssistant { get; set; }

    /// <summary>The caller's output cap in tokens, whichever of its two names was used; the higher where both were, since upstreams differ in which they go by.</summary>
    public long? Cap => MaxCompletionTokens?.Tokens is { } current && MaxTokens?.Tokens is { } old ? Math.Max(current, old) : MaxCompletionTokens?.Tokens ?? MaxTokens?.Tokens;
}

/// <param name="Tokens">At least 1; null where the body says <c>null</c>.</param>
/// <param name="Name">The quoted property name.</param>
/// <param name="Value">The number, or <c>null</c>.</param>
internal readonly record struct OutputCap(long? Tokens, Range Name, Range Value);
