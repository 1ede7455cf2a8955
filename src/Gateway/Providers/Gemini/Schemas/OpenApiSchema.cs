using System.Text.Json;

namespace Tollgate.Providers.Gemini.Schemas;

/// <summary>
/// Writes a JSON schema in the subset of OpenAPI 3.0 that models take which know no JSON schema. Keywords are allow-listed:
/// whatever the subset does not name is left out. Source: https://ai.google.dev/api/caching#Schema.
/// </summary>
internal sealed class OpenApiSchema
{
    private static readonly string[] NumberKeywords = ["minimum", "maximum"];
    private static readonly string[] StringKeywords = ["minLength", "maxLength"];
    private static readonly string[] ArrayKeywords = ["minItems", "maxItems"];
    private static readonly string[] ObjectKeywords = ["minProperties", "maxProperties"];

    private readonly Utf8JsonWriter json;
    private readonly SchemaReader reader;

    private OpenApiSchema(Utf8JsonWriter json, SchemaReader reader)
    {
        this.json = json;
        this.reader = reader;
    }

    /// <param name="json">Where the schema goes.</param>
    /// <param name="schema">The caller's schema; <c>$ref</c> is looked up in it.</param>
    /// <param name="param">Path of the schema, for errors.</param>
    /// <exception cref="Errors.CallerErrorException">A reference leads nowhere, or the schema is too large once references are put in place.</exception>
    public static void Write(Utf8JsonWriter json, JsonElement schema, string param)
    {
        var levels = new SchemaReader(schema, param);
        new OpenApiSchema(json, levels).Write(levels.Read(new SchemaSource(schema, null), depth: 0));
    }

    private void Write(SchemaLevel level)
    {
        json.WriteStartObject();
        WriteBody(level);
        json.WriteEndObject();
    }

    /// <summary>Google refuses any other keyword beside <c>anyOf</c>: what the alternatives share was merged into each.</summary>
    private void WriteBody(SchemaLevel level)
    {
        switch (reader.Alternatives(level))
        {
            case []:
                WriteMembers(level);
                break;
            case [var only]:
                WriteBody(only);
                break;
            case var alternatives:
                json.WriteStartArray("anyOf");
                alternatives.ForEach(Write);
                json.WriteEndArray();
                break;
        }
    }

    private void WriteMembers(SchemaLevel level)
    {
        var values = EnumValues.Of(level);
        var type = values.Count > 0 ? "STRING" : SchemaTypes.Of(level);
        json.WriteString("type", type);
        WriteText(level, "title");
        WriteText(level, "description");
        if (level.Nullable)
        {
            json.WriteBoolean("nullable", true);
        }
        if (values.Count > 0)
        {
            WriteNames("enum", values);
            return;
        }
        WriteFormat(level, type);
        Copy(level, "default");
        switch (type)
        {
            case "OBJECT":
                WriteProperties(level);
                CopyNumbers(level, ObjectKeywords);
                break;
            case "ARRAY":
                WriteItems(level);
                CopyNumbers(level, ArrayKeywords);
                break;
            case "STRING":
                WriteText(level, "pattern");
                CopyNumbers(level, StringKeywords);
                break;
            case "NUMBER" or "INTEGER":
                CopyNumbers(level, NumberKeywords);
                break;
        }
    }

    private void WriteProperties(SchemaLevel level)
    {
        var shown = level.Properties.Where(property => property.Value.Value.ValueKind is JsonValueKind.Object or JsonValueKind.True).ToList();
        if (shown.Count == 0)
        {
            return;
        }
        json.WriteStartObject("properties");
        foreach (var (name, source) in shown)
        {
            json.WritePropertyName(name);
            Write(reader.Read(source, level.Depth + 1));
        }
        json.WriteEndObject();
        var required = level.Required.Where(name => shown.Exists(property => property.Key == name)).Distinct().ToList();
        if (required.Count > 0)
        {
            WriteNames("required", required);
        }
    }

    /// <summary>The subset knows one schema for all items: a tuple's becomes a choice of them.</summary>
    private void WriteItems(SchemaLevel level)
    {
        json.WritePropertyName("items");
        var tuple = level.Source("prefixItems") ?? level.Source("items");
        if (tuple is { Value.ValueKind: JsonValueKind.Array } list && list.Value.GetArrayLength() > 0)
        {
            Write(reader.AnyOf(list, level.Depth + 1));
        }
        else
        {
            Write(reader.Read(level.Source("items") ?? default, level.Depth + 1));
        }
    }

    /// <summary>Formats that Google does not list are refused.</summary>
    private void WriteFormat(SchemaLevel level, string type)
    {
        var format = level.Keyword("format") is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        var listed = (type, format) is ("STRING", "date-time") or ("NUMBER", "float" or "double") or ("INTEGER", "int32" or "int64");
        if (listed)
        {
            json.WriteString("format", format);
        }
    }

    private void WriteText(SchemaLevel level, string keyword)
    {
        if (level.Keyword(keyword) is { ValueKind: JsonValueKind.String } text)
        {
            json.WriteString(keyword, text.GetString());
        }
    }

    private void CopyNumbers(SchemaLevel level, string[] keywords)
    {
        foreach (var keyword in keywords)
        {
            if (level.Keyword(keyword) is { ValueKind: JsonValueKind.Number })
            {
                Copy(level, keyword);
            }
        }
    }

    private void Copy(SchemaLevel level, string keyword)
    {
        if (level.Keyword(keyword) is { ValueKind: not JsonValueKind.Null } value)
        {
            json.WritePropertyName(keyword);
            value.WriteTo(json);
        }
    }

    private void WriteNames(string keyword, List<string> names)
    {
        json.WriteStartArray(keyword);
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }
        json.WriteEndArray();
    }
}
