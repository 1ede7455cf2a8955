using Microsoft.AspNetCore.Http;
using Tollgate.Ledger.Reading;

namespace Tollgate.Endpoints;

/// <summary>A page of usage and what it is of.</summary>
/// <param name="Tenant">Whose; null: everybody's.</param>
/// <param name="Key">Of which key; null: of all.</param>
/// <param name="Listing">What was asked for.</param>
/// <param name="Page">What there is.</param>
internal sealed record UsageReport(string? Tenant, string? Key, UsageListing Listing, UsagePage Page)
{
    /// <summary>The value of <c>after</c> for the next page; null: this is the last.</summary>
    public string? Next => Page.Next is { } after ? new UsageCursor(Listing.From.UtcTicks, Listing.To.UtcTicks, Words(Listing.By), after).Write() : null;

    /// <summary>The nine numbers, by their names in answers.</summary>
    public static IEnumerable<(string Name, long Value)> Numbers(UsageSums sums) =>
    [
        ("requests", sums.Requests),
        ("failed", sums.Failed),
        ("estimated", sums.Estimated),
        ("prompt_tokens", sums.PromptTokens),
        ("cached_tokens", sums.CachedTokens),
        ("cache_write_tokens", sums.CacheWriteTokens),
        ("completion_tokens", sums.CompletionTokens),
        ("reasoning_tokens", sums.ReasoningTokens),
        ("cost_micro_usd", sums.CostMicroUsd),
    ];

    public static string Words(IEnumerable<UsageDimension> by) => string.Join(',', by.Select(dimension => dimension.Word()));

    /// <summary>Writes it as it was asked for. The next page's place is in a header too, which is all that CSV has room for.</summary>
    public Task WriteAsync(HttpContext http, bool asCsv)
    {
        if (Next is { } next)
        {
            http.Response.Headers[GatewayHeaders.NextPage] = next;
        }
        return asCsv ? UsageCsv.WriteAsync(http, this) : UsageJson.WriteAsync(http, this);
    }
}
