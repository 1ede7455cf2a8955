using System.Text.Json.Serialization;

namespace Tollgate.Configuration;

/// <summary>USD per million tokens of each kind.</summary>
internal abstract class RatesConfig : ConfigNode
{
    public decimal? Input { get; set; }

    public decimal? Output { get; set; }

    public decimal? CachedInput { get; set; }

    public decimal? CacheWrite5m { get; set; }

    public decimal? CacheWrite1h { get; set; }

    public decimal? Reasoning { get; set; }

    public decimal? AudioInput { get; set; }

    public decimal? CachedAudioInput { get; set; }

    public decimal? AudioOutput { get; set; }

    public decimal? ImageInput { get; set; }

    public decimal? ImageOutput { get; set; }
}

/// <summary>A price as the catalogue and <c>gateway.json</c> write it.</summary>
internal sealed class PriceConfig : RatesConfig
{
    /// <summary>The first day, UTC, that it is in force, as <c>2027-01-01</c>; absent on the first of a list.</summary>
    public string? From { get; set; }

    /// <summary>Steps, ascending.</summary>
    public List<LongContextConfig>? LongContext { get; set; }

    /// <summary>By the words of <see cref="Conversation.ServiceTiers.Priced"/>.</summary>
    public Dictionary<string, TierPriceConfig>? Tiers { get; set; }
}

/// <summary>Prices of a call whose prompt is longer than <see cref="Above"/>.</summary>
internal sealed class LongContextConfig : RatesConfig
{
    /// <summary>Prompt tokens.</summary>
    public long? Above { get; set; }
}

/// <summary>What a tier costs: a multiple of the standard price, or prices of its own.</summary>
internal sealed class TierPriceConfig : RatesConfig
{
    /// <summary>Of every rate of the standard price, its steps too.</summary>
    public decimal? Times { get; set; }

    public List<LongContextConfig>? LongContext { get; set; }
}

/// <summary>Prices alone, so that the version of an override does not depend on what else is, or will be, a setting.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<PriceConfig>))]
internal sealed partial class PriceJson : JsonSerializerContext;
