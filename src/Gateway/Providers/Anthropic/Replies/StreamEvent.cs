using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Replies;

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
