using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Tollgate.Configuration;
using Tollgate.Conversation;

namespace Tollgate.Catalogue;

/// <summary>Makes price books of what the catalogue and <c>gateway.json</c> say, which are in one shape and checked before.</summary>
internal static class PriceReader
{
    /// <summary>The form of a date.</summary>
    public const string Date = "yyyy-MM-dd";

    /// <summary>Goes before the hash in the version of a deployment's own prices.</summary>
    public const string OwnVersion = "own-";

    /// <summary>A model's prices: one, or a list with dates.</summary>
    public static PriceBook Read(JsonElement prices, string version) => Book(Entries(prices), version);

    /// <summary>The prices as they are written.</summary>
    public static List<PriceConfig> Entries(JsonElement prices) => prices.ValueKind == JsonValueKind.Array
        ? prices.Deserialize(PriceJson.Default.ListPriceConfig)!
        : [prices.Deserialize(PriceJson.Default.PriceConfig)!];

    /// <summary>A deployment's own prices, else its model's; null where there is none.</summary>
    public static PriceBook? Of(DeploymentConfig deployment, ModelProfile model) => (deployment.Prices ?? (deployment.Price is { } single ? [single] : null)) is { } own
        ? Book(own, Version(own))
        : model.Prices;

    /// <summary>The same prices have the same version, and others another: 48 bits of their hash.</summary>
    private static string Version(List<PriceConfig> prices) =>
        OwnVersion + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(prices, PriceJson.Default.ListPriceConfig)))[..12];

    private static PriceBook Book(List<PriceConfig> prices, string version) => new(version, [.. prices.Select(price => new DatedPrice(From(price.From), Price(price)))]);

    private static DateTimeOffset From(string? date) =>
        date is null ? DateTimeOffset.MinValue : new DateTimeOffset(DateOnly.ParseExact(date, Date, CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero);

    private static ModelPrice Price(PriceConfig config)
    {
        var price = Filled(new ModelPrice { Input = config.Input!.Value, Output = config.Output!.Value, LongContext = Steps(config.LongContext) }, config);
        return price with
        {
            Tiers = [.. (config.Tiers ?? []).Select(tier => new TierPrice(ServiceTiers.Parse(tier.Key), Tier(tier.Value, price)))],
        };
    }

    private static ModelPrice Tier(TierPriceConfig config, ModelPrice standard) => config.Times is { } factor
        ? standard.Multiplied(factor)
        : Filled(new ModelPrice { Input = config.Input!.Value, Output = config.Output!.Value, LongContext = Steps(config.LongContext) }, config);

    private static IReadOnlyList<LongContextPrice> Steps(List<LongContextConfig>? steps) =>
        [.. (steps ?? []).Select(step => Filled(new LongContextPrice { Above = step.Above!.Value, Input = step.Input!.Value, Output = step.Output!.Value }, step))];

    private static T Filled<T>(T rates, RatesConfig config)
        where T : TokenRates => (T)(rates with
        {
            CachedInput = config.CachedInput,
            CacheWrite5m = config.CacheWrite5m,
            CacheWrite1h = config.CacheWrite1h,
            Reasoning = config.Reasoning,
            AudioInput = config.AudioInput,
            CachedAudioInput = config.CachedAudioInput,
            AudioOutput = config.AudioOutput,
            ImageInput = config.ImageInput,
            ImageOutput = config.ImageOutput,
        });
}
