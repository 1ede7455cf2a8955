using CsCheck;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Settlement;

namespace Tollgate.Gateway.Tests.Settlement;

/// <summary>What holds of costs for any prices, dates, tiers and usage.</summary>
public sealed class CostPropertyTests
{
    private static readonly Gen<decimal> Rate = Gen.Int[0, 100_000].Select(value => value / 1_000m);

    private static readonly Gen<decimal?> Rarely = Gen.Frequency((2, Gen.Const((decimal?)null)), (1, Rate.Select(value => (decimal?)value)));

    private static readonly Gen<ModelPrice> Plain = Gen.Select(Rate, Rate, Rarely.Array[9]).Select((input, output, more) => new ModelPrice
    {
        Input = input,
        Output = output,
        CachedInput = more[0],
        CacheWrite5m = more[1],
        CacheWrite1h = more[2],
        Reasoning = more[3],
        AudioInput = more[4],
        CachedAudioInput = more[5],
        AudioOutput = more[6],
        ImageInput = more[7],
        ImageOutput = more[8],
    });

    private static readonly Gen<ModelPrice> Stepped = Gen.Select(Plain, Plain.Array[0, 3]).Select((price, steps) => price with
    {
        LongContext = [.. steps.Select((step, i) => new LongContextPrice { Above = (i + 1) * 300, Input = step.Input, Output = step.Output, CachedInput = step.CachedInput, AudioInput = step.AudioInput, Reasoning = step.Reasoning })],
    });

    private static readonly Gen<ModelPrice> Price = Gen.Select(Stepped, Stepped, Gen.Int[0, 4_000].Select(value => value / 1_000m)).Select((price, own, factor) => price with
    {
        Tiers = [new TierPrice(ServiceTier.Flex, price.Multiplied(factor)), new TierPrice(ServiceTier.Priority, own), new TierPrice(ServiceTier.Ultrafast, own.Multiplied(factor))],
    });

    private static readonly Gen<ServiceTier> Tier = Gen.Int[-2, 2].Select(tier => (ServiceTier)tier);

    private static readonly Gen<DateTimeOffset> Moment = Gen.Int[0, 100].Select(day => Some.Now.AddDays(day));

    private static readonly Gen<PriceBook> Book = Gen.Select(Price.Array[1, 3], Gen.Int[1, 40]).Select((prices, days) => new PriceBook(
        "v", [.. prices.Select((price, i) => new DatedPrice(i == 0 ? DateTimeOffset.MinValue : Some.Now.AddDays(i * days), price))]));

    /// <summary>A call's parts, none larger than its whole.</summary>
    private static readonly Gen<TokenUsage> Usage = Gen.Select(Gen.Int[0, 250].Array[6], Gen.Int[0, 250].Array[4], Tier, Gen.Int[0, 250]).Select((prompt, completion, tier, cachedSound) => new TokenUsage
    {
        Prompt = prompt.Sum(),
        CacheRead = prompt[0] + Math.Min(cachedSound, prompt[4]),
        CacheWrite5m = prompt[1],
        CacheWrite1h = prompt[2],
        PromptAudio = prompt[4],
        CacheReadAudio = Math.Min(cachedSound, prompt[4]),
        PromptImage = prompt[5],
        Completion = completion.Sum(),
        Reasoning = completion[1],
        CompletionAudio = completion[2],
        CompletionImage = completion[3],
        Tier = tier,
    });

    [Fact]
    public void Cost_OfAnythingWithinTheBound_IsWithinIt() => Gen.Select(Book, Usage, Moment, Gen.Int[0, 400], Gen.Int[0, 400], Tier).Sample((book, usage, at, more, longer, highest) =>
    {
        var served = usage with { Tier = usage.Tier <= highest ? usage.Tier : ServiceTier.Standard };
        var (price, size) = (book.At(at), new PromptSize(usage.Prompt + more, usage.PromptAudio + more, usage.PromptImage + more));
        var bound = CostCalculator.PromptBound(price, size, highest) + (CostCalculator.OutputRate(price, size.Tokens, highest) * (usage.Completion + longer));
        return CostCalculator.Exact(price, served) <= bound && CostCalculator.Rounded(CostCalculator.Exact(price, served)) <= CostCalculator.Rounded(bound);
    });

    /// <summary>Within a step: a provider's step may be cheaper, though none is.</summary>
    [Fact]
    public void Cost_OfAnotherTokenOfAnyKind_IsNeverLess() => Gen.Select(Plain, Usage, Gen.Int[0, 10]).Sample((price, usage, kind) =>
    {
        var more = kind switch
        {
            0 => usage with { Prompt = usage.Prompt + 1 },
            1 => usage with { Prompt = usage.Prompt + 1, CacheRead = usage.CacheRead + 1 },
            2 => usage with { Prompt = usage.Prompt + 1, CacheWrite5m = usage.CacheWrite5m + 1 },
            3 => usage with { Prompt = usage.Prompt + 1, CacheWrite1h = usage.CacheWrite1h + 1 },
            4 => usage with { Prompt = usage.Prompt + 1, PromptAudio = usage.PromptAudio + 1 },
            5 => usage with { Prompt = usage.Prompt + 1, PromptAudio = usage.PromptAudio + 1, CacheRead = usage.CacheRead + 1, CacheReadAudio = usage.CacheReadAudio + 1 },
            6 => usage with { Prompt = usage.Prompt + 1, PromptImage = usage.PromptImage + 1 },
            7 => usage with { Completion = usage.Completion + 1 },
            8 => usage with { Completion = usage.Completion + 1, Reasoning = usage.Reasoning + 1 },
            9 => usage with { Completion = usage.Completion + 1, CompletionAudio = usage.CompletionAudio + 1 },
            _ => usage with { Completion = usage.Completion + 1, CompletionImage = usage.CompletionImage + 1 },
        };
        return CostCalculator.Exact(price, more) >= CostCalculator.Exact(price, usage);
    });

    [Fact]
    public void Cost_OfTheParts_IsExactlyTheSumOfTheirPrices() => Gen.Select(Plain, Usage).Sample((price, usage) =>
    {
        var (cached, sound) = (price.CachedInput ?? price.Input, usage.PromptAudio - usage.CacheReadAudio);
        var text = usage.Prompt - usage.CacheRead - usage.CacheWrite5m - usage.CacheWrite1h - sound - usage.PromptImage;
        var words = usage.Completion - usage.Reasoning - usage.CompletionAudio - usage.CompletionImage;
        (long Tokens, decimal Rate)[] parts =
        [
            (text, price.Input), (usage.CacheRead - usage.CacheReadAudio, cached), (usage.CacheReadAudio, price.CachedAudioInput ?? cached), (usage.CacheWrite5m, price.CacheWrite5m ?? price.Input),
            (usage.CacheWrite1h, price.CacheWrite1h ?? price.Input), (sound, price.AudioInput ?? price.Input), (usage.PromptImage, price.ImageInput ?? price.Input), (words, price.Output),
            (usage.Reasoning, price.Reasoning ?? price.Output), (usage.CompletionAudio, price.AudioOutput ?? price.Output), (usage.CompletionImage, price.ImageOutput ?? price.Output),
        ];
        return CostCalculator.Exact(price, usage) == parts.Sum(part => part.Tokens * part.Rate);
    });
}
