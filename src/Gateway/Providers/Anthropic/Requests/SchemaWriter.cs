using System.Text;
using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>
/// Rewrites a JSON schema into the subset that Anthropic enforces. Objects take no additional properties, <c>oneOf</c>
/// becomes <c>anyOf</c>, and constraints outside the subset move into the description, where the model can still heed them.
/// Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations.
/// </summary>
internal static class SchemaWriter
{
    private static readonly HashSet<string> Formats =
        new(StringComparer.Ordinal) { "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid" };

    /// <param name="json">Where to.</param>
    /// <param name="schema">The caller's schema.</param>
    /// <param name="description">Used where the schema has none of its own.</param>
    public static void Write(Utf8JsonWriter json, JsonElement schema, string? description = null)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        var isReference = schema.TryGetProperty("$ref", out _);
        var notes = new StringBuilder();
        foreach (var member in schema.EnumerateObject())
        {
            WriteMember(json, schema, member, isReference, notes, ref description);
        }
        if (!isReference)
        {
            Close(json, schema, notes, description);
        }
        json.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter json, JsonElement schema, JsonProperty member, bool isReference, StringBuilder notes, ref string? description)
    {
        switch (member.Name)
        {
            case "$defs" or "definitions" when member.Value.ValueKind == JsonValueKind.Object:
                WriteMap(json, member);
                break;
            case "$ref":
                member.WriteTo(json);
                break;
            case var _ when isReference:
                // Nothing but definitions may stand beside a reference.
                break;
            case "description":
                description = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : description;
                break;
            case "properties" when member.Value.ValueKind == JsonValueKind.Object:
                WriteMap(json, member);
                break;
            case "anyOf" or "allOf" when member.Value.ValueKind == JsonValueKind.Array:
                WriteList(json, member.Name, member.Value);
                break;
            case "oneOf" when member.Value.ValueKind == JsonValueKind.Array && !schema.TryGetProperty("anyOf", out _):
                WriteList(json, "anyOf", member.Value);
                break;
            case "items" when member.Value.ValueKind == JsonValueKind.Object:
                json.WritePropertyName("items"u8);
                Write(json, member.Value);
                break;
            case var _ when IsTaken(member):
                member.WriteTo(json);
                break;
            case "$schema" or "$id" or "$comment":
                // They constrain nothing.
                break;
            case "additionalProperties" when member.Value.ValueKind != JsonValueKind.Object:
                break;
            default:
                notes.Append(notes.Length == 0 ? "" : ", ").Append(member.Name).Append(": ").Append(member.Value.GetRawText());
                break;
        }
    }

    private static bool IsTaken(JsonProperty member) => member.Name switch
    {
        "type" or "enum" or "const" or "default" or "title" or "required" => true,
        "format" => member.Value.ValueKind == JsonValueKind.String && Formats.Contains(member.Value.GetString()!),
        "minItems" => member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var least) && least is 0 or 1,
        _ => false,
    };

    private static void Close(Utf8JsonWriter json, JsonElement schema, StringBuilder notes, string? description)
    {
        if (notes.Length > 0)
        {
            description = string.IsNullOrEmpty(description) ? $"({notes})" : $"{description} ({notes})";
        }
        if (description is not null)
        {
            json.WriteString("description"u8, description);
        }
        if (IsObject(schema))
        {
            json.WriteBoolean("additionalProperties"u8, false);
        }
    }

    private static bool IsObject(JsonElement schema) => schema.TryGetProperty("type", out var type)
        ? type.ValueKind switch
        {
            JsonValueKind.String => type.ValueEquals("object"u8),
            JsonValueKind.Array => type.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals("object"u8)),
            _ => false,
        }
        : schema.TryGetProperty("properties", out _);

    private static void WriteMap(Utf8JsonWriter json, JsonProperty map)
    {
        json.WriteStartObject(map.Name);
        foreach (var member in map.Value.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            Write(json, member.Value);
        }
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, JsonElement list)
    {
        json.WriteStartArray(name);
        foreach (var item in list.EnumerateArray())
        {
            Write(json, item);
        }
        json.WriteEndArray();
    }
}
