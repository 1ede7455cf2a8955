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
    /// <summary>After a call was admitted.</summary>
    public static void Write(IHeaderDictionary headers, Reservation reservation, DateTimeOffset now)
    {
        Write(headers, "requests", reservation.Tightest(LimitUnit.Requests), now);
        Write(headers, "tokens", reservation.Tightest(LimitUnit.Tokens), now);
    }

    /// <summary>After one was refused.</summary>
    public static void Write(IHeaderDictionary headers, BudgetRefusedException refused, DateTimeOffset now)
    {
        if (refused.Standing.Limit.Unit is LimitUnit.Requests or LimitUnit.Tokens)
        {
            Write(headers, refused.Standing.Limit.Unit == LimitUnit.Tokens ? "tokens" : "requests", refused.Standing, now);
        }
    }

    private static void Write(IHeaderDictionary headers, string unit, LimitStanding? standing, DateTimeOffset now)
    {
        if (standing is not { } known)
        {
            return;
        }
        headers[$"x-ratelimit-limit-{unit}"] = known.Amount.ToString(CultureInfo.InvariantCulture);
        headers[$"x-ratelimit-remaining-{unit}"] = known.Remaining.ToString(CultureInfo.InvariantCulture);
        if (known.ResetsAt is { } at)
        {
            headers[$"x-ratelimit-reset-{unit}"] = Span(at - now);
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
