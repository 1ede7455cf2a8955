using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

/// <summary>
/// The canonical request: OpenAI's chat completion object. Members this type does not name stay in
/// <see cref="Extra"/>, so nothing a caller sent is lost without being reported.
/// Source: https://platform.openai.com/docs/api-reference/chat/create.
/// </summary>
internal sealed class ChatRequest
{
    public string? Model { get; set; }

    public List<ChatMessage> Messages { get; set; } = [];

    public bool? Stream { get; set; }

    public StreamOptions? StreamOptions { get; set; }

    /// <summary>Tokens, at least 1. Deprecated by OpenAI in favour of <see cref="MaxCompletionTokens"/>, still what most clients send.</summary>
    public long? MaxTokens { get; set; }

    /// <summary>Tokens, at least 1, reasoning tokens included.</summary>
    public long? MaxCompletionTokens { get; set; }

    /// <summary>0 to 2.</summary>
    public double? Temperature { get; set; }

    /// <summary>0 to 1.</summary>
    public double? TopP { get; set; }

    public int? TopK { get; set; }

    /// <summary>Number of choices, 1 to 128.</summary>
    public int? N { get; set; }

    [JsonConverter(typeof(OneOrManyConverter))]
    public List<string>? Stop { get; set; }

    public List<ToolDefinition>? Tools { get; set; }

    public ToolChoice? ToolChoice { get; set; }

    public bool? ParallelToolCalls { get; set; }

    public ResponseFormat? ResponseFormat { get; set; }

    /// <summary>none, minimal, low, medium, high, xhigh or max; what a model takes of these is the catalogue's to say.</summary>
    public string? ReasoningEffort { get; set; }

    public string? Verbosity { get; set; }

    public string? User { get; set; }

    public string? SafetyIdentifier { get; set; }

    public long? Seed { get; set; }

    public bool? Logprobs { get; set; }

    /// <summary>0 to 20.</summary>
    public int? TopLogprobs { get; set; }

    public Dictionary<string, double>? LogitBias { get; set; }

    public double? FrequencyPenalty { get; set; }

    public double? PresencePenalty { get; set; }

    public Dictionary<string, string>? Metadata { get; set; }

    public bool? Store { get; set; }

    public string? ServiceTier { get; set; }

    public string? PromptCacheKey { get; set; }

    public string? PromptCacheRetention { get; set; }

    public List<string>? Modalities { get; set; }

    public JsonElement? Audio { get; set; }

    public JsonElement? Prediction { get; set; }

    public JsonElement? WebSearchOptions { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The caller's output cap in tokens, whichever of its two names was used.</summary>
    [JsonIgnore]
    public long? OutputCap => MaxCompletionTokens ?? MaxTokens;
}

internal sealed class StreamOptions
{
    public bool? IncludeUsage { get; set; }

    public bool? IncludeObfuscation { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}
