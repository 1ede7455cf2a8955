using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Answers;

/// <summary>
/// Makes a value that is valid for a JSON schema, in the dialects the providers take: type names in upper or lower
/// case, <c>nullable</c>, <c>$ref</c> to <c>$defs</c>. Not covered: <c>pattern</c>, <c>not</c>, conditional schemas.
/// </summary>
internal sealed class SchemaSample
{
    private const int OptionalDepth = 4;
    private const int MaxDepth = 32;

    private readonly JsonNode root;

    private SchemaSample(JsonNode root) => this.root = root;

    /// <summary>A value valid for the schema; the same for the same schema.</summary>
    public static JsonNode? Of(JsonNode schema) => new SchemaSample(schema).Value(schema, 0);

    private JsonNode? Value(JsonNode? schema, int depth)
    {
        if (schema is not JsonObject node || depth > MaxDepth)
            return null;
        if (node["$ref"].Text() is { } reference)
            return Value(Resolve(reference), depth + 1);
        if (node.TryGetPropertyValue("const", out var constant))
            return constant?.DeepClone();
        if (node["enum"] is JsonArray { Count: > 0 } values)
            return values[0]?.DeepClone();
        if ((node["anyOf"] ?? node["oneOf"]) is JsonArray { Count: > 0 } options)
            return Value(Pick(options, depth), depth + 1);
        if (node["allOf"] is JsonArray parts)
            return Value(Merge(node, parts), depth + 1);
        return TypeOf(node) switch
        {
            "object" => Object(node, depth),
            "array" => Array(node, depth),
            "integer" => JsonValue.Create((long)ScalarSample.Number(node, whole: true)),
            "number" => JsonValue.Create(ScalarSample.Number(node, whole: false)),
            "boolean" => JsonValue.Create(true),
            "null" => null,
            _ => JsonValue.Create(ScalarSample.Text(node)),
        };
    }

    private JsonObject Object(JsonObject schema, int depth)
    {
        var required = schema["required"].Items().Select(r => r.Text()).ToHashSet(StringComparer.Ordinal);
        var value = new JsonObject();
        foreach (var (name, property) in schema["properties"] as JsonObject ?? [])
        {
            // Optional members end somewhere, else a schema that contains itself never does.
            if (depth < OptionalDepth || required.Contains(name))
                value[name] = Value(property, depth + 1);
        }

        return value;
    }

    private JsonArray Array(JsonObject schema, int depth)
    {
        var least = schema["minItems"].Int() ?? 0;
        var wanted = Math.Max(least, depth < OptionalDepth ? 1 : 0);
        var count = Math.Min(wanted, schema["maxItems"].Int() ?? int.MaxValue);
        return new JsonArray([.. Enumerable.Range(0, count).Select(_ => Value(schema["items"], depth + 1))]);
    }

    private static JsonNode? Pick(JsonArray options, int depth) =>
        depth < OptionalDepth ? options[0]
        : options.FirstOrDefault(o => o is JsonObject node && node["$ref"] is null && TypeOf(node) is not ("object" or "array")) ?? options[0];

    private JsonObject Merge(JsonObject node, JsonArray parts)
    {
        var merged = (JsonObject)node.DeepClone();
        merged.Remove("allOf");
        foreach (var part in parts)
        {
            var source = part.At("$ref").Text() is { } reference ? Resolve(reference) : part;
            foreach (var (name, value) in source as JsonObject ?? [])
            {
                if (merged[name] is JsonObject known && value is JsonObject more)
                    foreach (var (key, item) in more)
                        known[key] = item?.DeepClone();
                else if (merged[name] is JsonArray list && value is JsonArray extra)
                    foreach (var item in extra)
                        list.Add(item?.DeepClone());
                else
                    merged[name] = value?.DeepClone();
            }
        }

        return merged;
    }

    private JsonNode? Resolve(string reference)
    {
        var node = reference.StartsWith('#') ? root : null;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = node.At(step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        return node;
    }

    private static string TypeOf(JsonObject schema)
    {
        var type = schema["type"].Text() ?? schema["type"].Items().Select(t => t.Text())
            .FirstOrDefault(t => !string.Equals(t, "null", StringComparison.Ordinal));
        return type?.ToLowerInvariant() ?? (schema.ContainsKey("properties") ? "object" : schema.ContainsKey("items") ? "array" : "string");
    }
}
