using Tollgate.Errors;

namespace Tollgate.Ledger.Rollups;

/// <summary>
/// Sums of the ledger's rows by day, model and key. They are made from the rows each time, so that making them again, or on two instances
/// at a time, changes nothing. Readers go by the sums of a day that is closed, and by its rows as long as it is not.
/// </summary>
internal interface IUsageRollups
{
    /// <summary>Sums up today, yesterday, and every day that is not closed or whose rows changed since; closes days that are over.</summary>
    /// <returns>How many days of tenants it summed up.</returns>
    /// <exception cref="CallerErrorException">503: rows cannot be read or written. What is done stays done.</exception>
    ValueTask<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Sums up the days of a tenant, or of all tenants that have rows, again that lie, in whole or in part, from <paramref name="from"/> up to <paramref name="to"/>; at most up
    /// to <paramref name="now"/>. A day whose rows were deleted keeps its sums.
    /// </summary>
    /// <returns>How many days it summed up.</returns>
    /// <exception cref="CallerErrorException">503: rows cannot be read or written. What is done stays done.</exception>
    ValueTask<int> RebuildAsync(string? tenant, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Deletes what is older than it is to be kept. A day's rows go only after its sums are there for good.</summary>
    /// <param name="retention">How long rows and sums are kept.</param>
    /// <param name="now">The time it is.</param>
    /// <param name="most">About how many rows it deletes at most; the next run goes on.</param>
    /// <param name="cancellationToken">Ends it; what is done stays done.</param>
    /// <returns>How many rows, of calls and of sums, it deleted.</returns>
    /// <exception cref="CallerErrorException">503: rows cannot be read or written. What is done stays done.</exception>
    ValueTask<int> DeleteAsync(UsageRetention retention, DateTimeOffset now, int most, CancellationToken cancellationToken);
}

/// <summary>How long the ledger keeps what it has.</summary>
/// <param name="UsageDays">Days of calls' rows, today's included; null: all of them.</param>
/// <param name="DailyMonths">Months of daily sums, the current included; null: all of them.</param>
internal sealed record UsageRetention(int? UsageDays, int? DailyMonths)
{
    /// <summary>The first day whose rows stay.</summary>
    public DateOnly FirstDay(DateTimeOffset now) => UsageDays is { } days ? UsageDay.Of(now).AddDays(1 - days) : DateOnly.MinValue;

    /// <summary>The first day whose sums stay: the first of a month.</summary>
    public DateOnly FirstDailyDay(DateTimeOffset now)
    {
        var today = UsageDay.Of(now);
        return DailyMonths is { } months ? today.AddDays(1 - today.Day).AddMonths(1 - months) : DateOnly.MinValue;
    }
}
