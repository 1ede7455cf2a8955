namespace Tollgate.Health;

/// <summary>What one reply said of its provider's rate limits, and what was sent since.</summary>
internal sealed class QuotaReading(in QuotaLine requests, in QuotaLine tokens, long readAt)
{
    private readonly QuotaLine requests = requests;
    private readonly QuotaLine tokens = tokens;
    private long requestsSince;
    private long tokensSince;

    public QuotaLine Requests => requests;

    public QuotaLine Tokens => tokens;

    public void Take(long sent)
    {
        Interlocked.Increment(ref requestsSince);
        Interlocked.Add(ref tokensSince, sent);
    }

    public bool Lacks(long needed, long now, out ProviderQuota.Lack lack)
    {
        if (requests.Left(Volatile.Read(ref requestsSince), readAt, now) is var left and < 1)
        {
            lack = new(requests.Until(1 - left, readAt, now), 1, (long)Math.Max(0, left));
            return true;
        }
        if (tokens.Left(Volatile.Read(ref tokensSince), readAt, now) is var room && room < needed)
        {
            lack = new(tokens.Until(needed - room, readAt, now), needed, (long)Math.Max(0, room));
            return true;
        }
        lack = default;
        return false;
    }

    public double Share(long now) =>
        Math.Min(requests.Share(Volatile.Read(ref requestsSince), readAt, now), tokens.Share(Volatile.Read(ref tokensSince), readAt, now));
}

/// <summary>One rate limit.</summary>
/// <param name="Remaining">What was left; null where nobody says.</param>
/// <param name="Limit">All of it; null where nobody says.</param>
/// <param name="ResetsIn">From the reply on, until it is whole again.</param>
internal readonly record struct QuotaLine(long? Remaining, long? Limit, TimeSpan ResetsIn)
{
    /// <summary>What is left by now. Without a limit to grow to, it is not known once the reset is over.</summary>
    public double Left(long since, long readAt, long now)
    {
        if (Remaining is not { } remaining || now - readAt >= ResetsIn.Ticks)
        {
            return double.MaxValue;
        }
        return remaining - since + (Refill * Math.Max(0, now - readAt));
    }

    /// <summary>How long until there is so much more.</summary>
    public TimeSpan Until(double more, long readAt, long now)
    {
        var reset = readAt + ResetsIn.Ticks - now;
        return new TimeSpan(Refill > 0 ? Math.Min(reset, (long)(more / Refill)) : reset);
    }

    public double Share(long since, long readAt, long now) =>
        Limit is > 0 ? Math.Clamp(Left(since, readAt, now) / Limit.Value, 0, 1) : Left(since, readAt, now) < 1 ? 0 : 1;

    /// <summary>In a tick.</summary>
    private double Refill => Limit is { } limit && ResetsIn > TimeSpan.Zero ? Math.Max(0, limit - Remaining!.Value) / (double)ResetsIn.Ticks : 0;
}
