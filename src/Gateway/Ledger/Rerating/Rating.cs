namespace Tollgate.Ledger.Rerating;

/// <summary>What a row costs by the price book as it is now.</summary>
/// <param name="Outcome">The rest is set only where it is <see cref="RatingOutcome.Rated"/>.</param>
/// <param name="CostMicroUsd">Micro-USD.</param>
/// <param name="PriceVersion">The price lists it is by, with spaces between them; null where none.</param>
/// <param name="Earlier">The attempts before the answer at their prices of now.</param>
internal readonly record struct Rating(RatingOutcome Outcome, long CostMicroUsd, string? PriceVersion, IReadOnlyList<BilledAttempt> Earlier)
{
    public static implicit operator Rating(RatingOutcome failed) => new(failed, 0, null, []);
}

internal enum RatingOutcome
{
    Rated,

    /// <summary>Its cost is its bound, which no price changes.</summary>
    Bound,

    /// <summary>The configuration has its deployment, or that of an attempt before, no more.</summary>
    NoDeployment,

    /// <summary>It had a price once and has none now.</summary>
    NoPrice,

    /// <summary>An older version wrote it, and not all that its cost depends on.</summary>
    NotSplit,
}
