using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator;

/// <summary>Reads JSON that may have any shape, and writes it without needless escapes, as providers do.</summary>
internal static class Json
{
    // Escaped text would hide every multi-byte sequence that a client must be able to join.
    private static readonly JsonSerializerOptions Raw = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The object in the bytes, or null if they are no JSON object.</summary>
    public static JsonObject? ParseObject(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8, nodeOptions: null, Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string Write(JsonNode? node) => node is null ? "null" : SurrogateEscapes.Unescape(node.ToJsonString(Raw));

    public static string? Text(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static int? Int(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out int number) ? number : null;

    public static double? Number(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out double number) ? number : null;

    public static bool? Bool(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out bool flag) ? flag : null;

    /// <summary>The member of an object; null if the node is none or lacks it.</summary>
    public static JsonNode? At(this JsonNode? node, string name) => node is JsonObject o ? o[name] : null;

    /// <summary>The items of an array; none if the node is none.</summary>
    public static IEnumerable<JsonNode?> Items(this JsonNode? node) => node as JsonArray ?? [];
}
