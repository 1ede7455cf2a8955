using System.Text.Json;

namespace Tollgate.Providers.Gemini.Schemas;

/// <summary>One level of a schema with its references and <c>allOf</c> put in place. What is added first wins.</summary>
internal sealed class SchemaLevel(int depth)
{
    private readonly Dictionary<string, SchemaSource> keywords = new(StringComparer.Ordinal);

    /// <summary>Levels above this one.</summary>
    public int Depth { get; } = depth;

    /// <summary>Null where the schema names none.</summary>
    public IReadOnlyList<string>? Types { get; set; }

    public OrderedDictionary<string, SchemaSource> Properties { get; } = new(StringComparer.Ordinal);

    public List<string> Required { get; } = [];

    public bool Nullable { get; set; }

    public SchemaSource? Source(string keyword) => keywords.TryGetValue(keyword, out var source) ? source : null;

    public JsonElement? Keyword(string keyword) => Source(keyword)?.Value;

    /// <summary>The keyword's value where it is an array, else nothing.</summary>
    public IEnumerable<JsonElement> List(string keyword) =>
        Keyword(keyword) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public void Add(string keyword, SchemaSource source) => keywords.TryAdd(keyword, source);

    public void Remove(string keyword) => keywords.Remove(keyword);

    /// <summary>Adds what <paramref name="other"/> says and this level does not.</summary>
    public void Add(SchemaLevel other)
    {
        foreach (var (keyword, source) in other.keywords)
        {
            Add(keyword, source);
        }
        foreach (var (name, source) in other.Properties)
        {
            Properties.TryAdd(name, source);
        }
        Types ??= other.Types;
        Required.AddRange(other.Required);
        Nullable |= other.Nullable;
    }
}
