using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Conversation;

namespace Tollgate.Gateway.Tests.Catalogue;

public sealed class ModelCatalogueTests
{
    private static readonly ModelCatalogue Catalogue = ModelCatalogue.Load();

    private static readonly JsonElement Entries = Read().GetProperty("models");

    public static TheoryData<string> Models => [.. Entries.EnumerateObject().Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Entry_IsSane(string name)
    {
        var profile = Catalogue.Find(name);
        Assert.True(profile.ContextWindow > 0 && profile.MaxOutput > 0 && profile.MaxOutput <= profile.ContextWindow);
        Assert.Empty(ConfigValidator.Check(PriceReader.Entries(Entries.GetProperty(name).GetProperty("prices")), name));
        Assert.All(profile.Prices!.Entries, entry => IsSane(entry.Price, profile));
        Assert.Contains(Entries.GetProperty(name).GetProperty("parameters").GetProperty("maxTokens").GetString(), (string[])["max_tokens", "max_completion_tokens"]);
        Assert.NotEqual("unknown", profile.Family);
        Assert.True(profile.Thinking == ThinkingStyle.None || profile.Can(Capabilities.Reasoning));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Entry_SaysWhereItIsFromAndWhenItWasChecked(string name)
    {
        var entry = Entries.GetProperty(name);
        Assert.Equal(Uri.UriSchemeHttps, new Uri(entry.GetProperty("source").GetString()!).Scheme);
        Assert.Matches("^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", entry.GetProperty("checked").GetString());
    }

    [Fact]
    public void Load_EveryNameAndAlias_IsFoundOnce()
    {
        var names = Entries.EnumerateObject()
            .SelectMany(entry => (entry.Value.TryGetProperty("aliases", out var aliases) ? aliases.EnumerateArray().Select(alias => alias.GetString()!) : []).Append(entry.Name)).ToArray();
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(names.Order(StringComparer.Ordinal), Catalogue.Names.Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(name, Catalogue.Find(name).Model));
        Assert.Matches("^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", Catalogue.Version);
    }

    [Fact]
    public void Find_UnlistedModel_HasCautiousNumbersAndNoPrice()
    {
        var profile = Catalogue.Find("gpt-99");
        Assert.Equal(("gpt-99", "unknown", 4_096), (profile.Model, profile.Family, profile.MaxOutput));
        Assert.Null(profile.Prices);
        Assert.False(profile.NeedsMaxCompletionTokens);
    }

    [Theory]
    [InlineData("gpt-4o", false, true)]
    [InlineData("gpt-5", true, false)]
    public void F_ReasoningModels_NeedMaxCompletionTokens(string model, bool needs, bool sampling)
    {
        var profile = Catalogue.Find(model);
        Assert.Equal((needs, sampling), (profile.NeedsMaxCompletionTokens, profile.TakesSampling));
    }

    private static void IsSane(ModelPrice price, ModelProfile profile)
    {
        TokenRates[] all = [price, .. price.LongContext];
        Assert.All(all, rates =>
        {
            Assert.True(rates.Input > 0 && rates.Output >= rates.Input && (rates.CachedInput ?? 0) <= rates.Input);
            Assert.All([rates.CachedInput, rates.CacheWrite5m, rates.CacheWrite1h, rates.AudioInput], rate => Assert.True(rate is null or > 0));
        });
        Assert.All(price.LongContext, step => Assert.True(step.Above < profile.ContextWindow && step.Input >= price.Input && step.Output >= price.Output));
        Assert.All(price.Tiers, tier => Assert.True(tier.Tier < ServiceTier.Standard ? tier.Price.Input <= price.Input : tier.Price.Input >= price.Input));
    }

    private static JsonElement Read()
    {
        using var stream = typeof(ModelCatalogue).Assembly.GetManifestResourceStream("catalogue.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
