using System.Text.Json;

namespace Tollgate.Catalogue;

/// <summary>
/// The models the gateway knows, from the embedded <c>catalogue.json</c>. An entry is read when it is asked for: a gateway serves a
/// few of them, and a cold start should not wait for the rest.
/// </summary>
internal sealed class ModelCatalogue
{
    private readonly Dictionary<string, JsonElement> entries = new(StringComparer.Ordinal);

    private ModelCatalogue(JsonElement file)
    {
        Version = file.GetProperty("version").GetString()!;
        foreach (var entry in file.GetProperty("models").EnumerateObject())
        {
            entries.Add(entry.Name, entry.Value);
            foreach (var alias in Words(entry.Value, "aliases"))
            {
                entries.Add(alias, entry.Value);
            }
        }
    }

    /// <summary>Stands on every usage row that was rated with one of its prices.</summary>
    public string Version { get; }

    public IReadOnlyCollection<string> Names => entries.Keys;

    public static ModelCatalogue Load()
    {
        using var stream = typeof(ModelCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        return new ModelCatalogue(JsonDocument.Parse(stream).RootElement);
    }

    /// <summary>
    /// A model's profile; for one the catalogue does not list, cautious numbers and no price. Vertex' version tag, as in
    /// <c>claude-haiku-4-5@20251001</c>, names a release of the model before it.
    /// </summary>
    public ModelProfile Find(string model) => entries.TryGetValue(model, out var entry) || entries.TryGetValue(model.Split('@')[0], out entry)
        ? Profile(model, entry)
        : new ModelProfile
        {
            Model = model,
            ContextWindow = 128_000,
            MaxOutput = 4_096,
            Capabilities = Capabilities.Tools | Capabilities.Vision | Capabilities.Pdf | Capabilities.Audio | Capabilities.JsonSchema | Capabilities.Prefill | Capabilities.UrlImages,
        };

    private ModelProfile Profile(string model, JsonElement entry)
    {
        var parameters = entry.GetProperty("parameters");
        var window = entry.GetProperty("contextWindow").GetInt32();
        return new ModelProfile
        {
            Model = model,
            Family = entry.GetProperty("family").GetString()!,
            ContextWindow = window,
            // Absent where the provider publishes none: the context window is the bound then.
            MaxOutput = entry.TryGetProperty("maxOutput", out var most) ? most.GetInt32() : window,
            Capabilities = CapabilityWords.Parse(Words(entry, "capabilities")),
            NeedsMaxCompletionTokens = parameters.GetProperty("maxTokens").GetString() == "max_completion_tokens",
            TakesSampling = !parameters.TryGetProperty("sampling", out var sampling) || sampling.GetBoolean(),
            Thinking = entry.TryGetProperty("thinking", out var thinking) ? Enum.Parse<ThinkingStyle>(thinking.GetString()!, ignoreCase: true) : ThinkingStyle.None,
            Efforts = [.. Words(entry, "efforts")],
            TakesJsonSchema = !entry.TryGetProperty("schemaDialect", out var dialect) || dialect.GetString() != "openapi",
            Prices = entry.TryGetProperty("prices", out var prices) ? PriceReader.Read(prices, Version) : null,
        };
    }

    private static IEnumerable<string> Words(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var words) ? words.EnumerateArray().Select(word => word.GetString()!) : [];
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
