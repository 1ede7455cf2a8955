using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Settlement;

namespace Tollgate.Ledger.Rerating;

/// <summary>Reckons what a row costs by the price book as it is now: with the price in force when its call was opened.</summary>
internal sealed class Rater(DeploymentPrices prices)
{
    public Rating Rate(RatedRow row)
    {
        if (row.IsBound)
        {
            return RatingOutcome.Bound;
        }
        if (row.Usage.Total == 0)
        {
            return new Rating(RatingOutcome.Rated, 0, row.PriceVersion, row.Earlier);
        }
        var earlier = new List<BilledAttempt>(row.Earlier.Count);
        foreach (var attempt in row.Earlier)
        {
            if (Find(row, attempt.Deployment, attempt.PriceVersion is not null, out var book) is { } failed)
            {
                return failed;
            }
            earlier.Add(attempt with { MicroUsd = CostCalculator.Exact(book?.At(row.OpenedAt), attempt.Usage), PriceVersion = book?.Version });
        }
        return RateAnswer(row, row.Usage - row.Earlier.Usage(), earlier);
    }

    private Rating RateAnswer(RatedRow row, TokenUsage answer, List<BilledAttempt> earlier)
    {
        PriceBook? book = null;
        if (answer.Total > 0 && Find(row, row.Deployment, row.PriceVersion is not null, out book) is { } failed)
        {
            return failed;
        }
        var price = book?.At(row.OpenedAt);
        if (!row.IsSplit && !IsEnough(row, price))
        {
            return RatingOutcome.NotSplit;
        }
        return new Rating(
            RatingOutcome.Rated,
            CostCalculator.Rounded(CostCalculator.Exact(price, answer) + earlier.MicroUsd()),
            BilledAttempts.Versions(book?.Version, earlier),
            earlier);
    }

    /// <summary>What an older version wrote tells all if there was one attempt, nothing went into a cache, and sound and images cost what text does.</summary>
    private static bool IsEnough(RatedRow row, ModelPrice? price) =>
        row is { Attempts: 1, Usage: { CacheWrite5m: 0, CacheWrite1h: 0 } }
        && price is not ({ AudioInput: not null } or { AudioOutput: not null } or { ImageInput: not null } or { ImageOutput: not null });

    private RatingOutcome? Find(RatedRow row, string? deployment, bool hadPrice, out PriceBook? book)
    {
        book = null;
        if (deployment is null || !prices.TryFind(deployment, out book))
        {
            return RatingOutcome.NoDeployment;
        }
        return book is null && hadPrice ? RatingOutcome.NoPrice : null;
    }
}
