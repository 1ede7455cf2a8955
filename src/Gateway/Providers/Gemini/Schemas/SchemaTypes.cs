using System.Text.Json;

namespace Tollgate.Providers.Gemini.Schemas;

/// <summary>The types of a level. The subset knows one type for each, in capitals, and <c>nullable</c>.</summary>
internal static class SchemaTypes
{
    /// <summary>The one type that is left once <see cref="TakeNull"/> and <see cref="Split"/> are done. The subset always asks for one.</summary>
    public static string Of(SchemaLevel level)
    {
        if (level.Types is [var name, ..])
        {
            return name.ToUpperInvariant();
        }
        if (level.Properties.Count > 0)
        {
            return "OBJECT";
        }
        return level.Keyword("items") is not null || level.Keyword("prefixItems") is not null ? "ARRAY" : "STRING";
    }

    /// <summary>True for a schema that only null fits.</summary>
    public static bool IsNull(SchemaLevel level) =>
        level.Types is ["null"]
        || level.Keyword("const") is { ValueKind: JsonValueKind.Null }
        || (level.List("enum").Any() && level.List("enum").All(value => value.ValueKind == JsonValueKind.Null));

    /// <summary>Turns null among the types or values into the level's <see cref="SchemaLevel.Nullable"/>.</summary>
    public static void TakeNull(SchemaLevel level)
    {
        level.Nullable |= level.Types?.Contains("null") == true
            || level.Keyword("nullable") is { ValueKind: JsonValueKind.True }
            || level.Keyword("const") is { ValueKind: JsonValueKind.Null }
            || level.List("enum").Any(value => value.ValueKind == JsonValueKind.Null);
        level.Types = level.Types?.Where(name => name != "null").ToList();
    }

    /// <summary>One level for each type of a level that has several; else none. Values are strings whatever their types are.</summary>
    public static List<SchemaLevel> Split(SchemaLevel level)
    {
        if (level.Types is not { Count: > 1 } types || EnumValues.Of(level).Count > 0)
        {
            return [];
        }
        return types.Select(name =>
        {
            var one = new SchemaLevel(level.Depth + 1) { Types = [name] };
            one.Add(level);
            return one;
        }).ToList();
    }

    /// <summary>The strings of a word or a list of words.</summary>
    public static List<string> Names(JsonElement words) => words.ValueKind switch
    {
        JsonValueKind.String => [words.GetString()!],
        JsonValueKind.Array => [.. words.EnumerateArray().Where(word => word.ValueKind == JsonValueKind.String).Select(word => word.GetString()!)],
        _ => [],
    };
}
