namespace Tollgate.Simulator.Tests;

/// <summary>A clock whose timers are over at once, and which moves on by what was waited for.</summary>
internal sealed class InstantTime : TimeProvider
{
    private readonly Lock gate = new();
    private long ticks;

    public List<double> Waits { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            lock (gate)
                Waits.Add(dueTime.TotalMilliseconds);
            Interlocked.Add(ref ticks, dueTime.Ticks);
        }

        return base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
