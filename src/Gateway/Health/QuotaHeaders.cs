using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;

namespace Tollgate.Health;

/// <summary>
/// Reads a reply's rate-limit headers. Sources: https://platform.openai.com/docs/guides/rate-limits (also Azure's and other compatible
/// services'; a reset is a duration such as <c>6m0s</c>), https://platform.claude.com/docs/en/api/rate-limits (a reset is a moment).
/// </summary>
internal static class QuotaHeaders
{
    /// <summary>Where a limit is used up and nobody says until when.</summary>
    private static readonly TimeSpan Unsaid = TimeSpan.FromSeconds(5);

    /// <summary>A reset further away is taken for this far: what is wrong then is not believed for long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly Names OpenAiRequests = new(GatewayHeaders.RemainingRequests, GatewayHeaders.LimitRequests, GatewayHeaders.ResetRequests);

    private static readonly Names OpenAiTokens = new(GatewayHeaders.RemainingTokens, GatewayHeaders.LimitTokens, GatewayHeaders.ResetTokens);

    private static readonly Names AnthropicRequests = Anthropic("requests"), AnthropicTokens = Anthropic("tokens"), AnthropicInput = Anthropic("input-tokens");

    /// <summary>What the headers say; null where they say nothing.</summary>
    public static QuotaReading? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var all = headers.NonValidated;
        var (requests, tokens) = (Line(all, OpenAiRequests, now), Line(all, OpenAiTokens, now));
        if (requests.Remaining is null && tokens.Remaining is null)
        {
            (requests, tokens) = (Line(all, AnthropicRequests, now), Line(all, AnthropicTokens, now));
            var input = Line(all, AnthropicInput, now);
            tokens = tokens.Remaining is null || input.Remaining < tokens.Remaining ? input : tokens;
        }
        return requests.Remaining is null && tokens.Remaining is null ? null : new QuotaReading(requests, tokens, now.UtcTicks);
    }

    /// <summary>A duration as OpenAI writes it, <c>1h2m3.5s</c> or <c>12ms</c>, or a number of seconds; null where it is neither.</summary>
    public static TimeSpan? Span(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return null;
        }
        var seconds = 0.0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Digits);
            if (digits == 0 || !double.TryParse(digits < 0 ? text : text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }
            text = digits < 0 ? [] : text[digits..];
            var unit = text.IndexOfAny(Digits);
            var word = unit < 0 ? text : text[..unit];
            text = unit < 0 ? [] : text[unit..];
            seconds += word switch
            {
                "" or "s" => number,
                "ms" => number / 1_000,
                "m" => number * 60,
                "h" => number * 3_600,
                "d" => number * 86_400,
                _ => double.NaN,
            };
        }
        return double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds)) : null;
    }

    private static QuotaLine Line(HttpHeadersNonValidated all, in Names names, DateTimeOffset now)
    {
        if (Number(all, names.Remaining) is not { } remaining)
        {
            return default;
        }
        var text = Text(all, names.Reset);
        var reset = Span(text)
            ?? (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at - now : Unsaid);
        return new(remaining, Number(all, names.Limit), TimeSpan.FromTicks(Math.Clamp(reset.Ticks, 0, Longest.Ticks)));
    }

    private static long? Number(HttpHeadersNonValidated all, string name) =>
        long.TryParse(Text(all, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(HttpHeadersNonValidated all, string name) => all.TryGetValues(name, out var values) ? values.ToString() : null;

    private static Names Anthropic(string unit) => new($"anthropic-ratelimit-{unit}-remaining", $"anthropic-ratelimit-{unit}-limit", $"anthropic-ratelimit-{unit}-reset");

    private readonly record struct Names(string Remaining, string Limit, string Reset);
}
