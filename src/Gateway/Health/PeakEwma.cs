namespace Tollgate.Health;

/// <summary>
/// A moving average of durations that believes bad news at once and good news slowly, as in Finagle's peak EWMA
/// (https://linkerd.io/2016/03/16/beyond-round-robin-load-balancing-for-latency). What is not heard of for long is forgotten, so that a
/// slow target is tried again one day.
/// </summary>
internal sealed class PeakEwma(TimeProvider time)
{
    /// <summary>A sample's weight falls to a third in this time.</summary>
    private const double Memory = 10 * (double)TimeSpan.TicksPerSecond;

    /// <summary>An average that nobody adds to falls to a third in this time.</summary>
    private const double Forgetting = 60 * (double)TimeSpan.TicksPerSecond;

    private readonly Lock gate = new();
    private double average;
    private long at;

    /// <summary>Adds a duration.</summary>
    public void Add(TimeSpan took)
    {
        var now = time.GetUtcNow().UtcTicks;
        lock (gate)
        {
            var kept = Math.Exp(-Math.Max(0, now - at) / Memory);
            Volatile.Write(ref average, Math.Max(took.Ticks, (average * kept) + (took.Ticks * (1 - kept))));
            Volatile.Write(ref at, now);
        }
    }

    /// <summary>Milliseconds; 0 where nothing is known.</summary>
    /// <param name="now">UTC ticks.</param>
    public double Read(long now) => Volatile.Read(ref average) is var known and > 0
        ? known * Math.Exp(-Math.Max(0, now - Volatile.Read(ref at)) / Forgetting) / TimeSpan.TicksPerMillisecond
        : 0;

    /// <summary>The last average, however long ago; zero where there is none.</summary>
    public TimeSpan Last => TimeSpan.FromTicks((long)Volatile.Read(ref average));
}
