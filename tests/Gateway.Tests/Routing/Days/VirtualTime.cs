namespace Tollgate.Gateway.Tests.Routing.Days;

/// <summary>
/// A clock that jumps from one thing to happen to the next, on one thread: what waits by it goes on inside the jump, so that a day takes seconds and
/// is the same each time.
/// </summary>
internal sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<Waiter, (long Due, long Order)> queue = new();
    private long now = start.UtcTicks;
    private long order;
    private int owner;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);

    public override long GetTimestamp() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var waiter = new Waiter(this, callback, state);
        waiter.Change(dueTime, period);
        return waiter;
    }

    /// <summary>Does something at a time.</summary>
    public void At(DateTimeOffset due, Action action) => Enqueue(new Waiter(this, _ => action(), null), due.UtcTicks);

    /// <summary>Jumps until nothing is left to happen.</summary>
    public void Run()
    {
        owner = Environment.CurrentManagedThreadId;
        while (queue.TryDequeue(out var waiter, out var at))
        {
            waiter.Fire(at.Order, () => now = Math.Max(now, at.Due));
        }
    }

    private long Enqueue(Waiter waiter, long due)
    {
        Assert.True(owner == 0 || owner == Environment.CurrentManagedThreadId, "Something went on on another thread.");
        queue.Enqueue(waiter, (due, ++order));
        waiter.Expected = order;
        return order;
    }

    private sealed class Waiter(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan every = Timeout.InfiniteTimeSpan;

        /// <summary>The entry that counts; older ones were changed or disposed of.</summary>
        public long Expected { get; set; }

        public void Fire(long entry, Action jump)
        {
            if (entry != Expected)
            {
                return;
            }
            jump();
            if (every > TimeSpan.Zero)
            {
                time.Enqueue(this, time.now + every.Ticks);
            }
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Expected = 0;
            every = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                time.Enqueue(this, time.now + dueTime.Ticks);
            }
            return true;
        }

        public void Dispose() => Expected = 0;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
