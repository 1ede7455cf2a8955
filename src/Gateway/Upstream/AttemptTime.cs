using Tollgate.Routing;

namespace Tollgate.Upstream;

/// <summary>How long one attempt may take.</summary>
/// <param name="FirstOutput">To the first output of a stream, or to a whole answer.</param>
/// <param name="Total">To the end of it.</param>
internal readonly record struct AttemptTime(TimeSpan FirstOutput, TimeSpan Total)
{
    /// <summary>What a call that tries a failing deployment gives it for a whole answer, at the least and at the most.</summary>
    private static readonly TimeSpan LeastOfProbe = TimeSpan.FromSeconds(10), MostOfProbe = TimeSpan.FromSeconds(60);

    /// <summary>What a whole answer has at the least where another target can be asked.</summary>
    private static readonly TimeSpan LeastOfWhole = TimeSpan.FromSeconds(60);

    /// <summary>The time of an attempt.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="stream">A stream is asked for.</param>
    /// <param name="isLast">No other target can be asked.</param>
    /// <param name="left">What is left of the call's time.</param>
    public static AttemptTime Of(Deployment target, bool stream, bool isLast, TimeSpan left)
    {
        var total = target.Timeouts.Total < left ? target.Timeouts.Total : left;
        var first = stream ? target.Timeouts.FirstTokenWhen(isLast) : target.Health.Breaker.IsProbing ? OfProbe(target) : isLast ? total : OfWhole(target, total);
        return new AttemptTime(first < total ? first : total, total);
    }

    /// <summary>
    /// Whether a whole answer is under way cannot be seen. Where another target can be asked it has several times of what answers used to take here.
    /// </summary>
    private static TimeSpan OfWhole(Deployment target, TimeSpan total) =>
        target.Health.Wholes.Last is var usual && usual > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Max(5 * usual.Ticks, LeastOfWhole.Ticks)) : total;

    /// <summary>While it waits, nobody else tries: it waits for three times of what an answer used to take.</summary>
    private static TimeSpan OfProbe(Deployment target) => TimeSpan.FromTicks(Math.Clamp(3 * target.Health.Wholes.Last.Ticks, LeastOfProbe.Ticks, MostOfProbe.Ticks));
}
