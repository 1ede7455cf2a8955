using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Schemas;

/// <summary>Reads a caller's schema level by level, following references with a guard against circles and against growth.</summary>
internal sealed class SchemaReader(JsonElement root, string param)
{
    /// <summary>References put in place can multiply without bound: a schema of a few kB may stand for gigabytes.</summary>
    private const int MostPieces = 5000;

    private const int MostDepth = 64;
    private const int MostReferences = 32;

    private int pieces;

    /// <summary>Reads a schema at a depth. Anything but an object says nothing: any value fits.</summary>
    public SchemaLevel Read(SchemaSource source, int depth)
    {
        if (depth > MostDepth)
        {
            throw TooLarge();
        }
        var level = new SchemaLevel(depth);
        AddTo(level, source);
        return level;
    }

    /// <summary>A level that is any of the schemas in a list.</summary>
    public SchemaLevel AnyOf(SchemaSource list, int depth)
    {
        var level = Read(default, depth);
        level.Add("anyOf", list);
        return level;
    }

    /// <summary>
    /// The alternatives of a level (<c>anyOf</c>, <c>oneOf</c>, several types), each with what the level itself says; empty where
    /// there is none. An alternative null makes the level nullable instead.
    /// </summary>
    public List<SchemaLevel> Alternatives(SchemaLevel level)
    {
        SchemaTypes.TakeNull(level);
        var source = level.Source("anyOf") ?? level.Source("oneOf");
        if (source is not { Value.ValueKind: JsonValueKind.Array } list)
        {
            return SchemaTypes.Split(level);
        }
        level.Remove("anyOf");
        level.Remove("oneOf");
        var alternatives = list.Value.EnumerateArray().Select(schema => Read(list with { Value = schema }, level.Depth + 1)).ToList();
        level.Nullable |= alternatives.RemoveAll(SchemaTypes.IsNull) > 0;
        foreach (var alternative in alternatives)
        {
            alternative.Add(level);
        }
        return alternatives;
    }

    private void AddTo(SchemaLevel level, SchemaSource source)
    {
        if (++pieces > MostPieces)
        {
            throw TooLarge();
        }
        if (source.Value.ValueKind != JsonValueKind.Object)
        {
            return;
        }
        foreach (var member in source.Value.EnumerateObject())
        {
            AddMember(level, member, source.Path);
        }
        Follow(level, source);
        if (source.Value.TryGetProperty("allOf", out var all) && all.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in all.EnumerateArray())
            {
                AddTo(level, source with { Value = part });
            }
        }
    }

    private static void AddMember(SchemaLevel level, JsonProperty member, ReferencePath? path)
    {
        switch (member.Name, member.Value.ValueKind)
        {
            case ("type", _):
                level.Types ??= SchemaTypes.Names(member.Value);
                break;
            case ("properties", JsonValueKind.Object):
                foreach (var property in member.Value.EnumerateObject())
                {
                    level.Properties.TryAdd(property.Name, new SchemaSource(property.Value, path));
                }
                break;
            case ("required", JsonValueKind.Array):
                level.Required.AddRange(SchemaTypes.Names(member.Value));
                break;
            default:
                level.Add(member.Name, new SchemaSource(member.Value, path));
                break;
        }
    }

    /// <summary>A reference that leads back to itself ends as an object of any kind.</summary>
    private void Follow(SchemaLevel level, SchemaSource source)
    {
        if (!source.Value.TryGetProperty("$ref", out var reference) || reference.ValueKind != JsonValueKind.String)
        {
            return;
        }
        var pointer = reference.GetString()!;
        if (source.Path?.Holds(pointer) == true)
        {
            level.Types ??= ["object"];
            return;
        }
        var path = new ReferencePath(pointer, source.Path);
        if (path.Length > MostReferences)
        {
            throw TooLarge();
        }
        var target = JsonPointer.Resolve(root, pointer) ?? throw CallerErrorException.Invalid($"A '$ref' in '{param}' leads nowhere.", param, "invalid_value");
        AddTo(level, new SchemaSource(target, path));
    }

    private CallerErrorException TooLarge() =>
        CallerErrorException.Invalid($"'{param}' is too large for this model's schema dialect once its references are put in place.", param, "invalid_value");
}
