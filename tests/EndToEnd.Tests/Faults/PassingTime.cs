namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A test's clock for those who wait between attempts: it moves on by as long as they wait, at once.</summary>
internal sealed class PassingTime(ManualTime time) : TimeProvider
{
    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = time.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
        {
            ThreadPool.QueueUserWorkItem(_ => time.Advance(dueTime));
        }
        return timer;
    }
}
