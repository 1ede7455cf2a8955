using Tollgate.Budgets;

namespace Tollgate.Admission;

internal enum LimitUnit
{
    Requests,

    /// <summary>Prompt and completion tokens together.</summary>
    Tokens,

    /// <summary>Millionths of a US dollar.</summary>
    MicroUsd,

    /// <summary>Calls at a time. Has no window.</summary>
    Concurrency,
}

/// <summary>Who shares a limit.</summary>
internal enum LimitScope
{
    Tenant,

    /// <summary>Each key by itself.</summary>
    Key,

    /// <summary>Each of the tenant's end users by itself, whichever key they come with.</summary>
    User,
}

/// <summary>Calendar windows, days and months in the tenant's time zone; <see cref="Total"/> never ends.</summary>
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
    public static readonly string[] Units = ["requests", "tokens", "microUsd", "concurrency"];

    /// <summary>The windows' words in <c>gateway.json</c>, in the order of <see cref="LimitWindow"/>.</summary>
    public static readonly string[] Windows = ["minute", "hour", "day", "month", "total"];

    /// <summary>The scopes' words in <c>gateway.json</c>, in the order of <see cref="LimitScope"/>.</summary>
    public static readonly string[] Scopes = ["tenant", "key", "user"];

    public LimitScope Scope { get; init; }
}

internal static class LimitWindows
{
    /// <summary>The window that a moment is in.</summary>
    public static BudgetWindow At(this LimitWindow window, DateTimeOffset now, TimeZoneInfo zone)
    {
        var utc = now.UtcDateTime;
        var local = TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
        return window switch
        {
            LimitWindow.Minute => Exact(new DateTime(utc.Year, utc.Month, utc.Day, utc.Hour, utc.Minute, 0, DateTimeKind.Utc), TimeSpan.FromMinutes(1)),
            LimitWindow.Hour => Exact(new DateTime(utc.Year, utc.Month, utc.Day, utc.Hour, 0, 0, DateTimeKind.Utc), TimeSpan.FromHours(1)),
            LimitWindow.Day => new(ToUtc(local.Date, zone), ToUtc(local.Date.AddDays(1), zone)),
            LimitWindow.Month => new(ToUtc(new DateTime(local.Year, local.Month, 1), zone), ToUtc(new DateTime(local.Year, local.Month, 1).AddMonths(1), zone)),
            _ => new(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue),
        };
    }

    private static BudgetWindow Exact(DateTime start, TimeSpan length) => new(new DateTimeOffset(start), new DateTimeOffset(start) + length);

    /// <summary>Midnight, or where the clocks skip it, the first moment of the day; where it comes twice, the first time.</summary>
    private static DateTimeOffset ToUtc(DateTime midnight, TimeZoneInfo zone)
    {
        var local = DateTime.SpecifyKind(midnight, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(15);
        }
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
