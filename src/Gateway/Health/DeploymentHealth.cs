using Tollgate.Errors;

namespace Tollgate.Health;

/// <summary>How a deployment has been doing, as this instance sees it. Thread-safe.</summary>
internal sealed class DeploymentHealth
{
    /// <summary>However long an upstream asks to be left alone, after this long a call finds out whether it still means it.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;
    private volatile RestOf? rest;
    private long advisedUntil;
    private long askedAt;
    private int inFlight;

    /// <param name="name">The deployment's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="credentials">How many credentials its provider has: each has quotas of its own.</param>
    public DeploymentHealth(string name, TimeProvider time, int credentials = 1)
    {
        this.time = time;
        Breaker = new Breaker(name, time);
        Quota = new ProviderQuota(credentials);
        Streams = new PeakEwma(time);
        Wholes = new PeakEwma(time);
    }

    public Breaker Breaker { get; }

    /// <summary>What its provider says is left of its rate limits.</summary>
    public ProviderQuota Quota { get; }

    /// <summary>Time to the first output of streams.</summary>
    public PeakEwma Streams { get; }

    /// <summary>Time to a whole answer.</summary>
    public PeakEwma Wholes { get; }

    /// <summary>Attempts under way, streams that are being relayed included.</summary>
    public int InFlight => Volatile.Read(ref inFlight);

    public PeakEwma LatencyOf(bool stream) => stream ? Streams : Wholes;

    public void Began() => Interlocked.Increment(ref inFlight);

    public void Ended() => Interlocked.Decrement(ref inFlight);

    /// <summary>Leaves it alone for as long as its failure says, at the most <see cref="LongestRest"/>.</summary>
    /// <param name="failure">What calls that have nowhere else to go are told meanwhile.</param>
    /// <param name="length">How long.</param>
    public void Rest(UpstreamFailure failure, TimeSpan length)
    {
        var until = time.GetUtcNow() + (length < LongestRest ? length : LongestRest);
        Volatile.Write(ref askedAt, time.GetUtcNow().UtcTicks);
        rest = new RestOf(new UpstreamFailure(failure.Kind, failure.Status), until.UtcTicks);
    }

    /// <summary>How long it still rests; zero where it does not.</summary>
    /// <param name="now">UTC ticks.</param>
    public TimeSpan RestLeft(long now) => rest is { } last && last.Until > now ? new TimeSpan(last.Until - now) : TimeSpan.Zero;

    /// <summary>Lets one call a second find out whether it still has to rest: for those that have nowhere else to go.</summary>
    /// <param name="now">UTC ticks.</param>
    public bool MayAskResting(long now)
    {
        var last = Volatile.Read(ref askedAt);
        return now - last >= BetweenTries.Ticks && Interlocked.CompareExchange(ref askedAt, now, last) == last;
    }

    /// <summary>Why it rests, or did.</summary>
    public UpstreamFailure? RestReason => rest?.Reason;

    /// <summary>Another instance has its breaker open.</summary>
    public void Advise(DateTimeOffset until) => Volatile.Write(ref advisedUntil, until.UtcTicks);

    /// <summary>How long another instance's word still counts.</summary>
    /// <param name="now">UTC ticks.</param>
    public TimeSpan AdviceLeft(long now) => Volatile.Read(ref advisedUntil) is var until && until > now ? new TimeSpan(until - now) : TimeSpan.Zero;

    private sealed record RestOf(UpstreamFailure Reason, long Until);
}
