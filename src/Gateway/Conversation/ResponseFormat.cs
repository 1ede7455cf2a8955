using System.Text.Json;

namespace Tollgate.Conversation;

internal sealed class ResponseFormat
{
    /// <summary>text, json_object or json_schema.</summary>
    public string Type { get; set; } = "";

    public JsonSchemaFormat? JsonSchema { get; set; }
}

internal sealed class JsonSchemaFormat
{
    public string? Name { get; set; }

    public string? Description { get; set; }

    public JsonElement? Schema { get; set; }

    public bool? Strict { get; set; }
}
