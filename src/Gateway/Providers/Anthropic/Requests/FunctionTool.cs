using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>A function of the caller's.</summary>
internal sealed class FunctionTool(FunctionDefinition function, bool strict) : Tool(function.Name)
{
    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("name"u8, Name);
        if (!string.IsNullOrEmpty(function.Description))
        {
            json.WriteString("description"u8, function.Description);
        }
        json.WritePropertyName("input_schema"u8);
        WriteSchema(json);
        if (strict)
        {
            json.WriteBoolean("strict"u8, true);
        }
    }

    /// <summary>
    /// Anthropic wants an object schema also of a function without parameters. What it can enforce strictly is what
    /// it can enforce of an answer's format; any other schema goes as it came.
    /// </summary>
    private void WriteSchema(Utf8JsonWriter json)
    {
        var schema = function.Parameters is { ValueKind: JsonValueKind.Object } given ? given : default(JsonElement?);
        if (strict && schema?.TryGetProperty("type", out _) == true)
        {
            SchemaWriter.Write(json, schema.Value);
            return;
        }
        json.WriteStartObject();
        if (schema?.TryGetProperty("type", out _) != true)
        {
            json.WriteString("type"u8, "object"u8);
        }
        foreach (var member in schema?.EnumerateObject() ?? default)
        {
            member.WriteTo(json);
        }
        if (schema?.TryGetProperty("properties", out _) != true)
        {
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
        }
        if (strict)
        {
            json.WriteBoolean("additionalProperties"u8, false);
        }
        json.WriteEndObject();
    }
}
