using System.Collections.Concurrent;

namespace Tollgate.Gateway.Tests.Budgets.Alerts;

/// <summary>A clock whose timers of some lengths go off at once, and the others never.</summary>
internal sealed class HastyClock(IReadOnlyCollection<TimeSpan> hasty) : TimeProvider
{
    /// <summary>The lengths of the timers that went off.</summary>
    public ConcurrentQueue<TimeSpan> Passed { get; } = [];

    public override DateTimeOffset GetUtcNow() => Some.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isHasty = hasty.Contains(dueTime);
        if (isHasty)
        {
            Passed.Enqueue(dueTime);
        }
        return base.CreateTimer(callback, state, isHasty ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, period);
    }
}
