namespace Tollgate.Admission;

internal enum LimitUnit
{
    Requests,

    /// <summary>Prompt and completion tokens together.</summary>
    Tokens,

    /// <summary>Millionths of a US dollar.</summary>
    MicroUsd,
}

/// <summary>Calendar windows in UTC; <see cref="Total"/> never ends.</summary>
internal enum LimitWindow
{
    Minute,
    Hour,
    Day,
    Month,
    Total,
}

/// <summary>So much of a unit in each window.</summary>
internal sealed record Limit(LimitUnit Unit, LimitWindow Window, long Amount)
{
    /// <summary>The units' words in <c>gateway.json</c>, in the order of <see cref="LimitUnit"/>.</summary>
    public static readonly string[] Units = ["requests", "tokens", "microUsd"];

    /// <summary>The windows' words in <c>gateway.json</c>, in the order of <see cref="LimitWindow"/>.</summary>
    public static readonly string[] Windows = ["minute", "hour", "day", "month", "total"];

    public string UnitWord => Units[(int)Unit];

    public string WindowWord => Windows[(int)Window];
}

internal static class LimitWindows
{
    public static DateTimeOffset StartOf(this LimitWindow window, DateTimeOffset utc) => window switch
    {
        LimitWindow.Minute => new(utc.Year, utc.Month, utc.Day, utc.Hour, utc.Minute, 0, TimeSpan.Zero),
        LimitWindow.Hour => new(utc.Year, utc.Month, utc.Day, utc.Hour, 0, 0, TimeSpan.Zero),
        LimitWindow.Day => new(utc.Year, utc.Month, utc.Day, 0, 0, 0, TimeSpan.Zero),
        LimitWindow.Month => new(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero),
        _ => DateTimeOffset.UnixEpoch,
    };

    /// <summary>When the window that began at <paramref name="start"/> ends; null for one that never does.</summary>
    public static DateTimeOffset? EndOf(this LimitWindow window, DateTimeOffset start) => window switch
    {
        LimitWindow.Minute => start.AddMinutes(1),
        LimitWindow.Hour => start.AddHours(1),
        LimitWindow.Day => start.AddDays(1),
        LimitWindow.Month => start.AddMonths(1),
        _ => null,
    };
}
