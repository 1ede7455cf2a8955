namespace Tollgate.Catalogue;

/// <summary>Prices in USD per million tokens. A cache price that is not given is the input price.</summary>
internal sealed record ModelPrice
{
    public required decimal Input { get; init; }

    public required decimal Output { get; init; }

    public decimal? CachedInput { get; init; }

    public decimal? CacheWrite5m { get; init; }

    public decimal? CacheWrite1h { get; init; }

    /// <summary>Of sound in the prompt; null where it is the input price.</summary>
    public decimal? AudioInput { get; init; }

    /// <summary>Prices of a call whose prompt is longer than <see cref="LongContextPrice.Above"/>.</summary>
    public LongContextPrice? LongContext { get; init; }
}

internal sealed record LongContextPrice
{
    /// <summary>Prompt tokens.</summary>
    public required long Above { get; init; }

    public required decimal Input { get; init; }

    public required decimal Output { get; init; }

    public decimal? CachedInput { get; init; }

    public decimal? CacheWrite5m { get; init; }

    public decimal? CacheWrite1h { get; init; }
}
