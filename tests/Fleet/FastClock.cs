namespace Tollgate.Fleet;

/// <summary>A clock that runs <see cref="Speed"/> times as fast, the same in every process: a lease's life passes in seconds, for all alike.</summary>
/// <param name="epoch">When it showed the true time.</param>
internal sealed class FastClock(DateTimeOffset epoch) : TimeProvider
{
    public const int Speed = 5;

    public override long GetTimestamp() => base.GetTimestamp() * Speed;

    public override DateTimeOffset GetUtcNow() => epoch + ((base.GetUtcNow() - epoch) * Speed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

    private static TimeSpan Shorter(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / Speed;
}
