namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>The system's clock, with the pauses between attempts a twentieth as long. Time-outs under test keep their length.</summary>
internal sealed class ShortTimers : TimeProvider
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, IsPause(dueTime, period) ? dueTime / 20 : dueTime, period);

    private static bool IsPause(TimeSpan dueTime, TimeSpan period) =>
        period == Timeout.InfiniteTimeSpan && dueTime > TimeSpan.Zero && dueTime <= LongestPause && dueTime != TimeSpan.FromMilliseconds(Target.ShortTimeout);
}
