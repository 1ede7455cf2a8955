using System.Text.Json;

namespace Tollgate.Conversation;

/// <summary>The canonical answer of a call that is not streamed.</summary>
internal sealed class ChatReply
{
    public List<ChatChoice> Choices { get; } = [];

    /// <summary>Null where the provider sent none.</summary>
    public TokenUsage? Usage { get; set; }

    public string? ServiceTier { get; set; }
}

internal sealed class ChatChoice
{
    public int Index { get; init; }

    public ReplyMessage Message { get; } = new();

    public string FinishReason { get; set; } = FinishReasons.Stop;

    /// <summary>The provider's own word where <see cref="FinishReason"/> does not say it all.</summary>
    public string? NativeFinishReason { get; set; }

    public JsonElement? Logprobs { get; set; }
}

/// <summary>A message of the assistant: whole in a <see cref="ChatReply"/>, a piece of it in a <see cref="ChatDelta"/>.</summary>
internal sealed class ReplyMessage
{
    public string? Content { get; set; }

    public string? Refusal { get; set; }

    public string? ReasoningContent { get; set; }

    /// <summary>Anthropic's thinking blocks, to be sent back unchanged with the next request.</summary>
    public List<JsonElement>? ThinkingBlocks { get; set; }

    public List<ToolCall>? ToolCalls { get; set; }

    /// <summary>Images the model made, as <c>image_url</c> parts with data URIs: the form other gateways and their clients use.</summary>
    public List<ContentPart>? Images { get; set; }

    public JsonElement? ExtraContent { get; set; }

    public bool IsEmpty => string.IsNullOrEmpty(Content) && Refusal is null && ReasoningContent is null
        && ThinkingBlocks is null && ToolCalls is null && Images is null && ExtraContent is null;
}

/// <summary>Of the values OpenAI's clients know, those that are sent; nothing else ever is, as <c>finish_reason</c>.</summary>
internal static class FinishReasons
{
    public const string Stop = "stop";
    public const string Length = "length";
    public const string ToolCalls = "tool_calls";
    public const string ContentFilter = "content_filter";

    /// <summary>In telemetry only: what an upstream sent is none of them.</summary>
    public const string Other = "other";
}
