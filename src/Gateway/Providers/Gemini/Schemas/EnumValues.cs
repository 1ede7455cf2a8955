using System.Text.Json;

namespace Tollgate.Providers.Gemini.Schemas;

/// <summary>The values of <c>enum</c> or <c>const</c>. The subset has strings only, and none that is empty.</summary>
internal static class EnumValues
{
    public static List<string> Of(SchemaLevel level)
    {
        var values = level.Keyword("enum") is null && level.Keyword("const") is { } single ? [single] : level.List("enum");
        return values
            .Where(value => value.ValueKind != JsonValueKind.Null)
            .Select(value => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText())
            .Where(text => text.Length > 0)
            .Distinct()
            .ToList();
    }
}
