using Tollgate.Conversation;

namespace Tollgate.Catalogue;

/// <summary>
/// USD per million tokens of each kind. One that is null is <see cref="Input"/>, or <see cref="Output"/> for what is generated; of cached sound it is
/// <see cref="CachedInput"/> first.
/// </summary>
internal abstract record TokenRates
{
    public required decimal Input { get; init; }

    public required decimal Output { get; init; }

    public decimal? CachedInput { get; init; }

    public decimal? CacheWrite5m { get; init; }

    public decimal? CacheWrite1h { get; init; }

    public decimal? Reasoning { get; init; }

    public decimal? AudioInput { get; init; }

    public decimal? CachedAudioInput { get; init; }

    public decimal? AudioOutput { get; init; }

    public decimal? ImageInput { get; init; }

    public decimal? ImageOutput { get; init; }

    protected TokenRates Times(decimal factor) => this with
    {
        Input = Input * factor,
        Output = Output * factor,
        CachedInput = CachedInput * factor,
        CacheWrite5m = CacheWrite5m * factor,
        CacheWrite1h = CacheWrite1h * factor,
        Reasoning = Reasoning * factor,
        AudioInput = AudioInput * factor,
        CachedAudioInput = CachedAudioInput * factor,
        AudioOutput = AudioOutput * factor,
        ImageInput = ImageInput * factor,
        ImageOutput = ImageOutput * factor,
    };
}

/// <summary>What a model costs at one time.</summary>
internal sealed record ModelPrice : TokenRates
{
    /// <summary>Prices of the whole call where its prompt is longer; ascending.</summary>
    public IReadOnlyList<LongContextPrice> LongContext { get; init; } = [];

    /// <summary>Tiers with a price of their own; the rest cost this one.</summary>
    public IReadOnlyList<TierPrice> Tiers { get; init; } = [];

    /// <summary>The price of a tier.</summary>
    public ModelPrice Of(ServiceTier tier)
    {
        for (var i = 0; i < Tiers.Count; i++)
        {
            if (Tiers[i].Tier == tier)
            {
                return Tiers[i].Price;
            }
        }
        return this;
    }

    /// <summary>The rates of a call with so many prompt tokens.</summary>
    public TokenRates For(long prompt)
    {
        for (var i = LongContext.Count - 1; i >= 0; i--)
        {
            if (prompt > LongContext[i].Above)
            {
                return LongContext[i];
            }
        }
        return this;
    }

    /// <summary>The same price many times over, for a tier.</summary>
    public ModelPrice Multiplied(decimal factor) => (ModelPrice)Times(factor) with { LongContext = [.. LongContext.Select(step => step.Multiplied(factor))], Tiers = [] };
}

/// <summary>A step of long prompts.</summary>
internal sealed record LongContextPrice : TokenRates
{
    /// <summary>Prompt tokens.</summary>
    public required long Above { get; init; }

    public LongContextPrice Multiplied(decimal factor) => (LongContextPrice)Times(factor);
}

/// <summary>What a tier costs.</summary>
internal readonly record struct TierPrice(ServiceTier Tier, ModelPrice Price);
