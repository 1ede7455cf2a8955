using System.Text.Json;
using Tollgate.Catalogue;

namespace Tollgate.Gateway.Tests.Catalogue;

public sealed class ModelCatalogueTests
{
    private static readonly CatalogueFile File = Read<CatalogueFile>();

    public static TheoryData<string> Models => [.. File.Models.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Entry_IsSane(string name)
    {
        var entry = File.Models[name];
        Assert.True(entry.ContextWindow > 0);
        Assert.True(entry.MaxOutput is null or > 0);
        Assert.True((entry.MaxOutput ?? 1) <= entry.ContextWindow);
        var prices = entry.Prices!;
        Assert.True(prices.Input > 0 && prices.Output >= prices.Input);
        Assert.All([prices.CachedInput, prices.CacheWrite5m, prices.CacheWrite1h], price => Assert.True(price is null or > 0));
        Assert.True((prices.CachedInput ?? 0) <= prices.Input);
        if (prices.LongContext is { } longer)
        {
            // The bound of a call's cost takes the long price to be the higher one.
            Assert.True(longer.Above > 0 && longer.Above < entry.ContextWindow && longer.Input >= prices.Input && longer.Output >= prices.Output);
        }
        Assert.Contains(entry.Parameters.MaxTokens, (string[])["max_tokens", "max_completion_tokens"]);
        Assert.NotEqual("unknown", entry.Family);
        Assert.True(entry.Thinking == ThinkingStyle.None || CapabilityWords.Parse(entry.Capabilities).HasFlag(Capabilities.Reasoning));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Entry_SaysWhereItIsFromAndWhenItWasChecked(string name)
    {
        var entry = Read<JsonElement>().GetProperty("models").GetProperty(name);
        Assert.Equal(Uri.UriSchemeHttps, new Uri(entry.GetProperty("source").GetString()!).Scheme);
        Assert.Matches("^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", entry.GetProperty("checked").GetString());
    }

    [Fact]
    public void Load_EveryNameAndAlias_IsFoundOnce()
    {
        var names = File.Models.SelectMany(model => model.Value.Aliases.Append(model.Key)).ToArray();
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        var catalogue = ModelCatalogue.Load();
        Assert.Equal(names.Order(StringComparer.Ordinal), catalogue.Names.Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(name, catalogue.Find(name).Model));
        Assert.Matches("^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", catalogue.Version);
    }

    [Fact]
    public void Find_UnlistedModel_HasCautiousNumbersAndNoPrice()
    {
        var profile = ModelCatalogue.Load().Find("gpt-99");
        Assert.Equal(("gpt-99", "unknown", 4_096), (profile.Model, profile.Family, profile.MaxOutput));
        Assert.Null(profile.Price);
        Assert.False(profile.NeedsMaxCompletionTokens);
    }

    [Theory]
    [InlineData("gpt-4o", false, true)]
    [InlineData("gpt-5", true, false)]
    public void F_ReasoningModels_NeedMaxCompletionTokens(string model, bool needs, bool sampling)
    {
        var profile = ModelCatalogue.Load().Find(model);
        Assert.Equal((needs, sampling), (profile.NeedsMaxCompletionTokens, profile.TakesSampling));
    }

    private static T Read<T>()
    {
        using var stream = typeof(ModelCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        return typeof(T) == typeof(CatalogueFile)
            ? (T)(object)JsonSerializer.Deserialize(stream, CatalogueJson.Default.CatalogueFile)!
            : (T)(object)JsonDocument.Parse(stream).RootElement;
    }
}
