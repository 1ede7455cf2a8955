using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Settlement;

namespace Tollgate.Gateway.Tests.Settlement;

public sealed class CostCalculatorTests
{
    private static readonly ModelPrice Full = new()
    {
        Input = 3,
        Output = 15,
        CachedInput = 0.3m,
        CacheWrite5m = 3.75m,
        CacheWrite1h = 6,
        LongContext = [new LongContextPrice { Above = 200_000, Input = 6, Output = 22.5m, CachedInput = 0.6m }],
    };

    [Theory]
    [InlineData(1000, 100, 0, 0, 0, (1000 * 3) + (100 * 15))]
    [InlineData(1000, 100, 400, 0, 0, (600 * 3) + 120 + 1500)]
    [InlineData(1000, 0, 0, 400, 0, (600 * 3) + 1500)]
    [InlineData(1000, 0, 100, 200, 300, (400 * 3) + 30 + 750 + 1800)]
    [InlineData(1, 0, 1, 0, 0, 1)]
    [InlineData(0, 0, 0, 0, 0, 0)]
    [InlineData(200_000, 10, 0, 0, 0, 600_150)]
    [InlineData(200_001, 10, 0, 0, 0, (200_001 * 6) + 225)]
    [InlineData(200_001, 0, 200_001, 0, 0, 120_001)]
    [InlineData(200_001, 0, 0, 200_001, 0, 200_001 * 6)]
    [InlineData(10, 0, 20, 0, 0, 6)]
    public void MicroUsd_EveryKindOfToken_HasItsPrice(long prompt, long completion, long cached, long write5m, long write1h, long expected) => Assert.Equal(
        expected,
        Cost(Full, new TokenUsage { Prompt = prompt, Completion = completion, CacheRead = cached, CacheWrite5m = write5m, CacheWrite1h = write1h }));

    [Fact]
    public void MicroUsd_CachePricesNotGiven_AreTheInputPrice() => Assert.Equal(
        10 * 2,
        Cost(new ModelPrice { Input = 2, Output = 1 }, new TokenUsage { Prompt = 10, CacheRead = 3, CacheWrite5m = 3, CacheWrite1h = 3 }));

    [Fact]
    public void MicroUsd_Fractions_AreRoundedUpOnce() => Assert.Equal(
        1, Cost(new ModelPrice { Input = 0.1m, Output = 0.4m }, new TokenUsage { Prompt = 2, Completion = 1 }));

    [Theory]
    [InlineData(100, 40, 0, (60 * 1) + (40 * 4))]
    [InlineData(100, 40, 80, (20 * 4) + (80 * 1))]
    [InlineData(100, 0, 0, 100)]
    public void MicroUsd_Sound_HasItsOwnPriceWhereItIsNotCached(long prompt, long sound, long cached, long expected) => Assert.Equal(
        expected, Cost(new ModelPrice { Input = 1, Output = 1, AudioInput = 4 }, new TokenUsage { Prompt = prompt, PromptAudio = sound, CacheRead = cached }));

    [Theory]
    [InlineData(4, (60 * 2) + (40 * 4))]
    [InlineData(1.5, 100 * 2)]
    public void PromptBound_Sound_IsAtTheHigherOfItsPrices(double price, long expected) => Assert.Equal(
        expected, CostCalculator.PromptBound(new ModelPrice { Input = 1, Output = 1, CacheWrite5m = 2, AudioInput = (decimal)price }, new PromptSize(100, Sound: 40), ServiceTier.Standard));

    [Fact]
    public void MicroUsd_NoPrice_IsFree() => Assert.Equal(0, Cost(null, new TokenUsage { Prompt = 1_000_000 }));

    [Theory]
    [InlineData(100, 600)]
    [InlineData(200_001, 200_001 * 6)]
    public void PromptBound_IsTheDearestWayToReadAPrompt(long prompt, long expected) => Assert.Equal(expected, CostCalculator.PromptBound(Full, new PromptSize(prompt), ServiceTier.Standard));

    [Theory]
    [InlineData(200_000, 15)]
    [InlineData(200_001, 22.5)]
    public void OutputRate_DependsOnThePrompt(long prompt, double expected) => Assert.Equal((decimal)expected, CostCalculator.OutputRate(Full, prompt, ServiceTier.Standard));

    private static long Cost(ModelPrice? price, in TokenUsage usage) => CostCalculator.Rounded(CostCalculator.Exact(price, usage));
}
