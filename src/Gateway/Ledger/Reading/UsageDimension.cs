namespace Tollgate.Ledger.Reading;

/// <summary>What usage can be summed up by.</summary>
internal enum UsageDimension
{
    Tenant,
    Model,
    Key,

    /// <summary>The caller's own tag of its end user. Daily sums do not have it.</summary>
    User,

    /// <summary>The day, UTC, on which the call was opened.</summary>
    Day,
}

internal static class UsageDimensions
{
    /// <summary>In the order of <see cref="UsageDimension"/>.</summary>
    public static readonly string[] Words = ["tenant", "model", "key", "user", "day"];

    public static string Word(this UsageDimension dimension) => Words[(int)dimension];
}
