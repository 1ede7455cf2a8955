using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Routing;
using Tollgate.Upstream;

namespace Tollgate;

/// <summary>The headers of an answer.</summary>
internal static class ReplyHeaders
{
    /// <summary>Clients refuse answers whose headers are longer than some 16 kB in all.</summary>
    private const int MostListed = 32;

    public static void Answered(IHeaderDictionary headers, UpstreamReply reply, Reservation reservation, DateTimeOffset now)
    {
        Attempted(headers, reply.Deployment, reply.Attempts, reply.RouteReason);
        if (reply.Dropped.Count > 0)
        {
            headers[GatewayHeaders.DroppedParams] = Listed(reply.Dropped);
        }
        RateLimitHeaders.Write(headers, reservation.Tightest(LimitUnit.Requests), now);
        if (reservation.Tightest(LimitUnit.Tokens) is { } tokens)
        {
            RateLimitHeaders.Write(headers, tokens, now);
            headers[GatewayHeaders.BudgetRemainingTokens] = tokens.Remaining.ToString(CultureInfo.InvariantCulture);
        }
        if (reservation.Tightest(LimitUnit.MicroUsd) is { } money)
        {
            headers[GatewayHeaders.BudgetRemainingUsd] = Usd(money.Remaining);
        }
    }

    public static void Attempted(IHeaderDictionary headers, Deployment deployment, int attempts, string? reason)
    {
        headers[GatewayHeaders.Deployment] = deployment.Name;
        headers[GatewayHeaders.Attempts] = attempts.ToString(CultureInfo.InvariantCulture);
        if (reason is not null)
        {
            headers[GatewayHeaders.RouteReason] = reason;
        }
        if (deployment.Region.Length > 0)
        {
            headers[GatewayHeaders.Region] = deployment.Region;
        }
    }

    public static void Cost(IHeaderDictionary headers, long microUsd) => headers[GatewayHeaders.CostUsd] = Usd(microUsd);

    private static string Usd(long microUsd) => (microUsd / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);

    private static string Listed(IReadOnlyList<string> dropped)
    {
        var list = string.Join(',', dropped.Take(MostListed).Select(Printable));
        return dropped.Count <= MostListed ? list : string.Create(CultureInfo.InvariantCulture, $"{list},(and {dropped.Count - MostListed} more)");
    }

    /// <summary>A dropped parameter may be one of the caller's own naming.</summary>
    private static string Printable(string param) =>
        param.Length <= 64 && param.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '[' or ']' or '-') ? param : "(unprintable)";
}
