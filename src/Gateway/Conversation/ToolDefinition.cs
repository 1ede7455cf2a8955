using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

/// <summary>A tool the model may call.</summary>
internal sealed class ToolDefinition
{
    /// <summary>function or custom.</summary>
    public string Type { get; set; } = "";

    public FunctionDefinition? Function { get; set; }

    public JsonElement? Custom { get; set; }

    public JsonElement? CacheControl { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}

internal sealed class FunctionDefinition
{
    public string Name { get; set; } = "";

    public string? Description { get; set; }

    /// <summary>A JSON schema object; absent for a function without parameters.</summary>
    public JsonElement? Parameters { get; set; }

    public bool? Strict { get; set; }
}
