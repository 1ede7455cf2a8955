using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Conversation;

namespace Tollgate.Gateway.Tests.Catalogue;

public sealed class PriceBookTests
{
    private const string Dated = """[{"input":1,"output":2},{"from":"2027-01-01","input":2,"output":4},{"from":"2027-03-01","input":3,"output":6}]""";

    [Theory]
    [InlineData("2020-01-01T00:00:00Z", 1)]
    [InlineData("2026-12-31T23:59:59.9999999Z", 1)]
    [InlineData("2027-01-01T00:00:00Z", 2)]
    [InlineData("2027-01-01T00:30:00+01:00", 1)]
    [InlineData("2027-02-28T23:59:59Z", 2)]
    [InlineData("2027-03-01T00:00:00Z", 3)]
    [InlineData("2099-01-01T00:00:00Z", 3)]
    public void At_Moment_IsThePriceInForce(string at, int expected) =>
        Assert.Equal(expected, Book(Dated).At(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)).Input);

    [Fact]
    public void Read_EveryField_IsTaken()
    {
        var price = Book("""
            {"input":1,"output":2,"cachedInput":3,"cacheWrite5m":4,"cacheWrite1h":5,"reasoning":6,"audioInput":7,"cachedAudioInput":8,"audioOutput":9,"imageInput":10,"imageOutput":11,
             "longContext":[{"above":100,"input":20,"output":21,"cachedInput":22},{"above":200,"input":30,"output":31}],
             "tiers":{"flex":{"times":0.5},"priority":{"input":40,"output":41,"longContext":[{"above":7,"input":50,"output":51}]}}}
            """).At(default);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], All(price));
        Assert.Equal([(100, 20, 21, 22m), (200, 30, 31, null)], price.LongContext.Select(step => (step.Above, step.Input, step.Output, step.CachedInput)));
        var flex = price.Of(ServiceTier.Flex);
        Assert.Equal(All(price).Select(rate => rate / 2), All(flex));
        Assert.Equal([(100, 10, 10.5m, 11m), (200, 15, 15.5m, null)], flex.LongContext.Select(step => (step.Above, step.Input, step.Output, step.CachedInput)));
        var priority = price.Of(ServiceTier.Priority);
        Assert.Equal((40, 41, null, 50), (priority.Input, priority.Output, priority.CachedInput, priority.For(8).Input));
        Assert.Same(price, price.Of(ServiceTier.Standard));
        Assert.Same(price, price.Of(ServiceTier.Ultrafast));
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(101, 20)]
    [InlineData(200, 20)]
    [InlineData(201, 30)]
    public void For_Prompt_IsTheLastStepBelowIt(long prompt, int expected) => Assert.Equal(
        expected, Book("""{"input":1,"output":1,"longContext":[{"above":100,"input":20,"output":1},{"above":200,"input":30,"output":1}]}""").At(default).For(prompt).Input);

    [Fact]
    public void Of_OwnPrices_HaveAVersionOfTheirOwn_ThatChangesWithThem()
    {
        var model = ModelCatalogue.Load().Find("gpt-4o");
        var own = Of("""{"input":1,"output":2}""");
        Assert.Matches("^own-[0-9a-f]{12}$", own);
        Assert.Equal(own, Of("""{ "output": 2, "input": 1 }"""));
        string[] others = ["""{"input":1,"output":3}""", """{"input":1,"output":2,"reasoning":2}""", """{"input":1,"output":2,"tiers":{"flex":{"times":1}}}"""];
        Assert.Equal(4, others.Select(Of).Append(own).Distinct(StringComparer.Ordinal).Count());
        Assert.NotEqual(PriceReader.Of(new DeploymentConfig { Prices = Prices(Dated) }, model)!.Version, own);
        Assert.Same(model.Prices, PriceReader.Of(new DeploymentConfig(), model));
        Assert.Equal(ModelCatalogue.Load().Version, model.Prices!.Version);

        string Of(string price) => PriceReader.Of(new DeploymentConfig { Price = Prices(price)[0] }, model)!.Version;
    }

    [Theory]
    [InlineData("gemini-3.8-flash", "2026-12-31", 0.75, 3.75)]
    [InlineData("gemini-3.8-flash", "2027-01-01", 1.5, 7.5)]
    [InlineData("gemini-3.6-flash", "2027-01-01", 1.5, 7.5)]
    public void Catalogue_IntroductoryPrice_Ends(string model, string day, double input, double output)
    {
        var price = ModelCatalogue.Load().Find(model).Prices!.At(DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(((decimal)input, (decimal)output), (price.Input, price.Output));
    }

    private static decimal?[] All(ModelPrice price) =>
    [
        price.Input, price.Output, price.CachedInput, price.CacheWrite5m, price.CacheWrite1h, price.Reasoning, price.AudioInput, price.CachedAudioInput, price.AudioOutput,
        price.ImageInput, price.ImageOutput,
    ];

    private static PriceBook Book(string prices)
    {
        Assert.Empty(ConfigValidator.Check(Prices(prices), "test"));
        return PriceReader.Read(JsonDocument.Parse(prices).RootElement, "v");
    }

    private static List<PriceConfig> Prices(string json) => PriceReader.Entries(JsonDocument.Parse(json).RootElement);
}
