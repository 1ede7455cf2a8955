using System.Globalization;
using Tollgate.Catalogue;
using Tollgate.Conversation;

namespace Tollgate.Configuration;

/// <summary>The rules of prices, which are those of the catalogue too.</summary>
internal sealed partial class ConfigValidator
{
    /// <summary>The rules of a list of prices alone.</summary>
    public static IReadOnlyList<string> Check(List<PriceConfig> prices, string at)
    {
        var validator = new ConfigValidator(new GatewayConfig());
        validator.CheckPrices(prices, at);
        return validator.problems;
    }

    private void CheckPrices(DeploymentConfig deployment, string at)
    {
        if (deployment is { Price: not null, Prices: not null })
        {
            problems.Add($"'{at}' has both 'price' and 'prices'; one of them is enough.");
        }
        if (deployment.Price is { } single)
        {
            CheckPrice(single, $"{at}.price");
            if (single.From is not null)
            {
                problems.Add($"'{at}.price.from' is {Quoted(single.From)}; a price with a date belongs into the list 'prices'.");
            }
        }
        if (deployment.Prices is { } list)
        {
            CheckPrices(list, $"{at}.prices");
        }
    }

    private void CheckPrices(List<PriceConfig> prices, string at)
    {
        if (prices.Count == 0)
        {
            problems.Add($"'{at}' is empty; it must be a list of prices, the first without 'from'.");
        }
        DateOnly? last = null;
        for (var i = 0; i < prices.Count; i++)
        {
            if (prices[i] is not { } price)
            {
                problems.Add($"'{at}[{i}]' is null; it must be an object.");
                continue;
            }
            CheckPrice(price, $"{at}[{i}]");
            last = CheckFrom(price.From, i == 0, last, $"{at}[{i}].from");
        }
    }

    /// <summary>The first is in force from the beginning of time on, so that there is a price for every moment.</summary>
    private DateOnly? CheckFrom(string? from, bool isFirst, DateOnly? last, string at)
    {
        if (isFirst)
        {
            if (from is not null)
            {
                problems.Add($"'{at}' is {Quoted(from)}; the first price has no date, it is in force until the second one's.");
            }
            return null;
        }
        if (!DateOnly.TryParseExact(from, PriceReader.Date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date <= last)
        {
            problems.Add($"'{at}' is {Quoted(from)}; it must be a day such as 2027-01-31, later than that of the price before.");
            return last;
        }
        return date;
    }

    private void CheckPrice(PriceConfig price, string at)
    {
        Known(price, at, ConfigJson.Default.PriceConfig);
        CheckRates(price, at);
        CheckSteps(price.LongContext, $"{at}.longContext");
        foreach (var (name, tier) in price.Tiers ?? [])
        {
            OneOf(name, ServiceTiers.Priced, $"{at}.tiers");
            if (tier is null)
            {
                problems.Add($"'{at}.tiers.{Cut(name)}' is null; it must be an object.");
                continue;
            }
            Known(tier, $"{at}.tiers.{Cut(name)}", ConfigJson.Default.TierPriceConfig);
            CheckTier(tier, $"{at}.tiers.{Cut(name)}");
        }
    }

    private void CheckTier(TierPriceConfig tier, string at)
    {
        if (tier.Times is not { } times)
        {
            CheckRates(tier, at);
            CheckSteps(tier.LongContext, $"{at}.longContext");
            return;
        }
        if (times is < 0 or > 1_000)
        {
            problems.Add($"'{at}.times' is {times}; it must be a multiple of the standard price, 0 to 1000.");
        }
        if (tier.LongContext is not null || Rates(tier).Any(rate => rate.Value is not null))
        {
            problems.Add($"'{at}' has both 'times' and prices of its own; it must have one of them.");
        }
    }

    private void CheckSteps(List<LongContextConfig>? steps, string at)
    {
        long last = 0;
        for (var i = 0; i < steps?.Count; i++)
        {
            if (steps[i] is not { } step)
            {
                problems.Add($"'{at}[{i}]' is null; it must be an object.");
                continue;
            }
            Known(step, $"{at}[{i}]", ConfigJson.Default.LongContextConfig);
            CheckRates(step, $"{at}[{i}]");
            Within(step.Above, last + 1, 100_000_000, $"{at}[{i}].above", needed: true);
            last = Math.Max(last, step.Above ?? 0);
        }
    }

    private void CheckRates(RatesConfig rates, string at)
    {
        foreach (var (name, value) in Rates(rates))
        {
            if (value is < 0 or > 1_000_000 || (value is null && name is ("input" or "output")))
            {
                problems.Add($"'{at}.{name}' is {(value is null ? "missing" : value)}; it must be USD per million tokens, 0 to 1000000.");
            }
        }
    }

    private static IEnumerable<(string Name, decimal? Value)> Rates(RatesConfig rates) =>
    [
        ("input", rates.Input), ("output", rates.Output), ("cachedInput", rates.CachedInput), ("cacheWrite5m", rates.CacheWrite5m), ("cacheWrite1h", rates.CacheWrite1h),
        ("reasoning", rates.Reasoning), ("audioInput", rates.AudioInput), ("cachedAudioInput", rates.CachedAudioInput), ("audioOutput", rates.AudioOutput),
        ("imageInput", rates.ImageInput), ("imageOutput", rates.ImageOutput),
    ];
}
