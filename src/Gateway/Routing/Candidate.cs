namespace Tollgate.Routing;

/// <summary>A target while it is compared with others.</summary>
internal struct Candidate
{
    /// <summary>Scores within so much of each other, as a part of them, are equal.</summary>
    private const double Close = 0.05;

    private static readonly double Step = Math.Log(1 + Close);

    public required RouteTarget Target;

    /// <summary>Its tier, from 0 on.</summary>
    public required int Tier;

    /// <summary>Its place in the tier's list.</summary>
    public required int Place;

    public required Exclusion Exclusion;

    private double bucket;

    /// <summary>It is in the region where this instance runs.</summary>
    public bool IsNear;

    /// <summary>The lower, the better.</summary>
    public double Score
    {
        readonly get;
        set
        {
            field = value;
            bucket = value == 0 ? double.NegativeInfinity : value > 0 ? Math.Floor(Math.Log(value) / Step) : -Math.Floor(Math.Log(-value) / Step);
        }
    }

    /// <summary>The nearer of those that are as good as each other, then the better, then the one listed first.</summary>
    public readonly bool IsBefore(in Candidate other)
    {
        // In buckets, so that the order has no circles.
        return bucket != other.bucket ? bucket < other.bucket
            : IsNear != other.IsNear ? IsNear
            : Score != other.Score ? Score < other.Score
            : Place < other.Place;
    }

    public readonly bool IsListedBefore(in Candidate other) => Tier != other.Tier ? Tier < other.Tier : Place < other.Place;
}
