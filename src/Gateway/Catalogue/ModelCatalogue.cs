using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Catalogue;

/// <summary>The models the gateway knows, from the embedded <c>catalogue.json</c>.</summary>
internal sealed class ModelCatalogue
{
    private readonly Dictionary<string, CatalogueEntry> entries = new(StringComparer.Ordinal);

    private ModelCatalogue(CatalogueFile file)
    {
        Version = file.Version;
        foreach (var (name, entry) in file.Models)
        {
            entries.Add(name, entry);
            foreach (var alias in entry.Aliases)
            {
                entries.Add(alias, entry);
            }
        }
    }

    /// <summary>Stands on every usage row as the version of its price.</summary>
    public string Version { get; }

    public IReadOnlyCollection<string> Names => entries.Keys;

    public static ModelCatalogue Load()
    {
        using var stream = typeof(ModelCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        return new ModelCatalogue(JsonSerializer.Deserialize(stream, CatalogueJson.Default.CatalogueFile)!);
    }

    /// <summary>
    /// A model's profile; for one the catalogue does not list, cautious numbers and no price. Vertex' version tag, as in
    /// <c>claude-haiku-4-5@20251001</c>, names a release of the model before it.
    /// </summary>
    public ModelProfile Find(string model) => entries.TryGetValue(model, out var entry) || entries.TryGetValue(model.Split('@')[0], out entry)
        ? entry.ToProfile(model)
        : new ModelProfile
        {
            Model = model,
            ContextWindow = 128_000,
            MaxOutput = 4_096,
            Capabilities = Capabilities.Tools | Capabilities.Vision | Capabilities.Pdf | Capabilities.Audio | Capabilities.JsonSchema | Capabilities.Prefill | Capabilities.UrlImages,
        };
}

/// <summary>The words of the catalogue file.</summary>
internal static class CapabilityWords
{
    private static readonly Dictionary<string, Capabilities> Words = new(StringComparer.Ordinal)
    {
        ["tools"] = Capabilities.Tools,
        ["vision"] = Capabilities.Vision,
        ["pdf"] = Capabilities.Pdf,
        ["audio"] = Capabilities.Audio,
        ["jsonSchema"] = Capabilities.JsonSchema,
        ["reasoning"] = Capabilities.Reasoning,
        ["prefill"] = Capabilities.Prefill,
        ["urlImages"] = Capabilities.UrlImages,
    };

    public static IReadOnlyCollection<string> All => Words.Keys;

    public static Capabilities Parse(IEnumerable<string> words) =>
        words.Aggregate(Capabilities.None, (all, word) => all | Words[word]);
}

internal sealed class CatalogueFile
{
    public string Version { get; set; } = "";

    public Dictionary<string, CatalogueEntry> Models { get; set; } = [];
}

internal sealed class CatalogueEntry
{
    public string Family { get; set; } = "unknown";

    public List<string> Aliases { get; set; } = [];

    public int ContextWindow { get; set; }

    /// <summary>Absent where the provider publishes none: the context window is the bound then.</summary>
    public int? MaxOutput { get; set; }

    public List<string> Capabilities { get; set; } = [];

    public CatalogueParameters Parameters { get; set; } = new();

    public ThinkingStyle Thinking { get; set; }

    public List<string> Efforts { get; set; } = [];

    public string? SchemaDialect { get; set; }

    public ModelPrice? Prices { get; set; }

    public ModelProfile ToProfile(string model) => new()
    {
        Model = model,
        Family = Family,
        ContextWindow = ContextWindow,
        MaxOutput = MaxOutput ?? ContextWindow,
        Capabilities = CapabilityWords.Parse(Capabilities),
        NeedsMaxCompletionTokens = Parameters.MaxTokens == "max_completion_tokens",
        TakesSampling = Parameters.Sampling ?? true,
        Thinking = Thinking,
        Efforts = Efforts,
        TakesJsonSchema = SchemaDialect != "openapi",
        Price = Prices,
    };
}

internal sealed class CatalogueParameters
{
    public string? MaxTokens { get; set; }

    public bool? Sampling { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CatalogueFile))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
