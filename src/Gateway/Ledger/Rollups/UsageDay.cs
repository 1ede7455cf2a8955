namespace Tollgate.Ledger.Rollups;

/// <summary>Days in UTC, and when one is over for the ledger.</summary>
internal static class UsageDay
{
    /// <summary>
    /// From this long after its end on, a row of a day is late: whoever writes it says first that the day changes. Longer than a call
    /// may last, so that in quiet times no row is late.
    /// </summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMinutes(30);

    /// <summary>
    /// A day is closed at the earliest this long after its end, and by clocks that may differ: what is beyond <see cref="LateAfter"/> is the most
    /// that they may.
    /// </summary>
    public static readonly TimeSpan ClosesAfter = TimeSpan.FromHours(1);

    /// <summary>After it was said that a day changes, the row that changes it is written within this, or it is said again.</summary>
    public static readonly TimeSpan SettlesAfter = TimeSpan.FromMinutes(10);

    public static DateOnly Of(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    public static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    /// <summary>A row of this day that is written now is late.</summary>
    public static bool IsLate(DateOnly day, DateTimeOffset now) => now - Start(day) >= TimeSpan.FromDays(1) + LateAfter;

    /// <summary>It may be closed, as far as the time goes.</summary>
    public static bool MayClose(DateOnly day, DateTimeOffset now) => now - Start(day) >= TimeSpan.FromDays(1) + ClosesAfter;

    /// <summary>
    /// What is left to read of rows when the sums of these days are known: the time from <paramref name="from"/> up to <paramref name="to"/> without them.
    /// </summary>
    /// <param name="from">First moment.</param>
    /// <param name="to">The moment after the last.</param>
    /// <param name="known">Whole days in between, ascending.</param>
    public static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Gaps(DateTimeOffset from, DateTimeOffset to, IEnumerable<DateOnly> known)
    {
        foreach (var day in known)
        {
            var start = Start(day);
            if (from < start)
            {
                yield return (from, start);
            }
            from = start.AddDays(1);
        }
        if (from < to)
        {
            yield return (from, to);
        }
    }

    /// <summary>The days that lie as a whole from one moment up to another; the last may be before the first, and then there is none.</summary>
    public static (DateOnly First, DateOnly Last) Whole(DateTimeOffset from, DateTimeOffset to)
    {
        var first = Of(from);
        return (Start(first) < from && first < DateOnly.MaxValue ? first.AddDays(1) : first, Of(to) is var end && end > DateOnly.MinValue ? end.AddDays(-1) : end);
    }

    /// <summary>The days of which anything lies from one moment up to another, and that have begun; the last may be before the first, and then there is none.</summary>
    public static (DateOnly First, DateOnly Last) Touched(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        var last = to > now ? now : to.AddTicks(to > DateTimeOffset.MinValue ? -1 : 0);
        return (Of(from), Of(last));
    }
}
