using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

/// <summary>One message of the conversation as the caller sent it.</summary>
internal sealed class ChatMessage
{
    /// <summary>system, developer, user, assistant, tool or function.</summary>
    public string Role { get; set; } = "";

    public MessageContent? Content { get; set; }

    public string? Name { get; set; }

    public List<ToolCall>? ToolCalls { get; set; }

    /// <summary>On a tool message: the id of the call it answers.</summary>
    public string? ToolCallId { get; set; }

    /// <summary>On a tool message: the caller says that the tool failed.</summary>
    public bool? IsError { get; set; }

    public string? Refusal { get; set; }

    public string? ReasoningContent { get; set; }

    /// <summary>Anthropic's <c>thinking</c> and <c>redacted_thinking</c> blocks exactly as an earlier reply carried them.</summary>
    public List<JsonElement>? ThinkingBlocks { get; set; }

    /// <summary>What an earlier reply carried beside the OpenAI object: Gemini's thought signature, our <see cref="ReplyOrigin"/>.</summary>
    public JsonElement? ExtraContent { get; set; }

    public JsonElement? CacheControl { get; set; }

    public JsonElement? Audio { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
