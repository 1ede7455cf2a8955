using Tollgate.Ledger;
using Tollgate.Ledger.Reading;

namespace Tollgate.Gateway.Tests.Ledger;

/// <summary>Sums of one model.</summary>
internal sealed record UsageTotal(string Model, long Requests, long PromptTokens, long CachedTokens, long CompletionTokens, long ReasoningTokens, long CostMicroUsd)
{
    /// <summary>Both together, of the same model.</summary>
    public UsageTotal Plus(UsageTotal other) => new(
        Model,
        Requests + other.Requests,
        PromptTokens + other.PromptTokens,
        CachedTokens + other.CachedTokens,
        CompletionTokens + other.CompletionTokens,
        ReasoningTokens + other.ReasoningTokens,
        CostMicroUsd + other.CostMicroUsd);
}

internal static class UsageReading
{
    /// <summary>Sums by model.</summary>
    public static async ValueTask<IReadOnlyList<UsageTotal>> ReadAsync(this IUsageLedger ledger, string tenant, string? key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var groups = new UsageGroups([UsageDimension.Model], int.MaxValue, after: null);
        await ledger.ReadAsync(new UsageQuery(tenant, key, from, to, [UsageDimension.Model]), groups, cancellationToken);
        return [.. groups.ToPage().Groups.Select(group => new UsageTotal(
            group.Values[0]!, group.Sums.Requests, group.Sums.PromptTokens, group.Sums.CachedTokens, group.Sums.CompletionTokens, group.Sums.ReasoningTokens, group.Sums.CostMicroUsd))];
    }
}
