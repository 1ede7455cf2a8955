using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>An answer, whole or as <c>message_start</c> carries it; or an error under the same roof.</summary>
internal sealed class MessageBody
{
    public string? Type { get; set; }

    /// <summary>Kept as elements, since thinking blocks are handed on byte for byte.</summary>
    public List<JsonElement>? Content { get; set; }

    public string? StopReason { get; set; }

    public StopDetails? StopDetails { get; set; }

    public UsageBody? Usage { get; set; }

    public ErrorDetail? Error { get; set; }
}

/// <summary>One event of a stream: the members that <see cref="Type"/> calls for are set.</summary>
internal sealed class StreamEvent
{
    public string? Type { get; set; }

    public int? Index { get; set; }

    public MessageBody? Message { get; set; }

    public ContentBlock? ContentBlock { get; set; }

    public StreamDelta? Delta { get; set; }

    public UsageBody? Usage { get; set; }

    public ErrorDetail? Error { get; set; }
}

internal sealed class ContentBlock
{
    public string? Type { get; set; }

    public string? Text { get; set; }

    public string? Thinking { get; set; }

    public string? Signature { get; set; }

    /// <summary>Of a <c>redacted_thinking</c> block.</summary>
    public string? Data { get; set; }

    public string? Id { get; set; }

    public string? Name { get; set; }

    public JsonElement? Input { get; set; }
}

/// <summary>Of a <c>content_block_delta</c> or a <c>message_delta</c>.</summary>
internal sealed class StreamDelta
{
    public string? Type { get; set; }

    public string? Text { get; set; }

    public string? PartialJson { get; set; }

    public string? Thinking { get; set; }

    public string? Signature { get; set; }

    public string? StopReason { get; set; }

    public StopDetails? StopDetails { get; set; }
}

/// <summary>Why an answer was refused.</summary>
internal sealed class StopDetails
{
    public string? Explanation { get; set; }
}

internal sealed class ErrorBody
{
    public ErrorDetail? Error { get; set; }
}

internal sealed class ErrorDetail
{
    public string? Type { get; set; }

    public string? Message { get; set; }
}

/// <summary>Tokens. In a stream every number is the sum so far, and one that is absent stands as it was.</summary>
internal sealed class UsageBody
{
    public long? InputTokens { get; set; }

    public long? OutputTokens { get; set; }

    public long? CacheReadInputTokens { get; set; }

    public long? CacheCreationInputTokens { get; set; }

    public CacheCreation? CacheCreation { get; set; }

    public OutputTokensDetails? OutputTokensDetails { get; set; }

    public string? ServiceTier { get; set; }
}

internal sealed class CacheCreation
{
    [System.Text.Json.Serialization.JsonPropertyName("ephemeral_1h_input_tokens")]
    public long? OneHour { get; set; }
}

internal sealed class OutputTokensDetails
{
    public long? ThinkingTokens { get; set; }
}
