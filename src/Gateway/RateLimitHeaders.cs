using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tollgate.Admission;
using Tollgate.Budgets;

namespace Tollgate;

/// <summary>
/// OpenAI's headers for how a caller stands: of the tightest limit of requests and of tokens its amount, what remains and when it is whole again.
/// Source: https://platform.openai.com/docs/guides/rate-limits.
/// </summary>
internal static class RateLimitHeaders
{
    /// <summary>Writes how a limit stands. Units that OpenAI has no headers for, and no limit, write nothing.</summary>
    public static void Write(IHeaderDictionary headers, LimitStanding? standing, DateTimeOffset now)
    {
        switch (standing)
        {
            case { Limit.Unit: LimitUnit.Requests } requests:
                Write(headers, GatewayHeaders.LimitRequests, GatewayHeaders.RemainingRequests, GatewayHeaders.ResetRequests, requests, now);
                break;
            case { Limit.Unit: LimitUnit.Tokens } tokens:
                Write(headers, GatewayHeaders.LimitTokens, GatewayHeaders.RemainingTokens, GatewayHeaders.ResetTokens, tokens, now);
                break;
        }
    }

    private static void Write(IHeaderDictionary headers, string limit, string remaining, string reset, LimitStanding standing, DateTimeOffset now)
    {
        headers[limit] = standing.Amount.ToString(CultureInfo.InvariantCulture);
        headers[remaining] = standing.Remaining.ToString(CultureInfo.InvariantCulture);
        if (standing.ResetsAt is { } at)
        {
            headers[reset] = Span(at - now);
        }
    }

    /// <summary>As OpenAI writes it: <c>12s</c>, <c>6m0s</c>, <c>27h5m1s</c>. Rounded up to seconds.</summary>
    private static string Span(TimeSpan left)
    {
        var seconds = Math.Max(0, (long)Math.Ceiling(left.TotalSeconds));
        return seconds switch
        {
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h{seconds / 60 % 60}m{seconds % 60}s"),
        };
    }
}
