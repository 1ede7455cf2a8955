using System.Runtime.InteropServices;
using Tollgate.Admission.Bounds;
using Tollgate.Conversation;
using Tollgate.Intake;

namespace Tollgate.Routing;

/// <summary>What a strategy compares targets by: the lower, the better.</summary>
internal static class TargetScore
{
    /// <summary>Milliseconds that a target is taken for of which nothing is known but that calls are under way.</summary>
    private const double Unmeasured = 1_000;

    /// <summary>The score of a target; that of <see cref="Strategy.Weighted"/> is drawn.</summary>
    /// <param name="strategy">Of its tier.</param>
    /// <param name="target">Which.</param>
    /// <param name="call">The call.</param>
    /// <param name="now">UTC ticks.</param>
    /// <param name="random">Draws lots.</param>
    public static double Of(Strategy strategy, RouteTarget target, IncomingCall call, long now, Random random) => strategy switch
    {
        // Sorted by these, each target is first as often as its part of all weights says (Efraimidis and Spirakis, 2006).
        Strategy.Weighted => -Math.Log(1 - random.NextDouble()) / target.Weight,
        Strategy.LowestLatency => Latency(target, call.Scan.Stream, now),
        Strategy.LowestCost => Cost(target, call),
        Strategy.MostAvailable => -Availability(target, now),
        _ => 0,
    };

    /// <summary>As answers show it: a weight instead of the lot that was drawn, availability instead of the lack of it.</summary>
    public static double Shown(Strategy strategy, RouteTarget target, double score, int position) => strategy switch
    {
        Strategy.Priority => position,
        Strategy.Weighted => target.Weight,
        Strategy.MostAvailable => -score,
        _ => score,
    };

    /// <summary>Milliseconds that a further call has to expect: the average, times all that are under way with it.</summary>
    private static double Latency(RouteTarget target, bool stream, long now)
    {
        var health = target.Deployment.Health;
        var (known, inFlight) = (health.LatencyOf(stream).Read(now), health.InFlight);
        return known > 0 ? known * (inFlight + 1) : Unmeasured * inFlight;
    }

    /// <summary>Micro-USD that the call is expected to cost; 0 without a price.</summary>
    private static double Cost(RouteTarget target, IncomingCall call)
    {
        var deployment = target.Deployment;
        if (deployment.Profile.Prices is not { } prices)
        {
            return 0;
        }
        var prompt = Prompt(target, call.Scan);
        var rates = prices.At(call.ReceivedAt).Of(call.Scan.Tier ?? deployment.ProjectTier ?? ServiceTier.Standard).For((long)prompt);
        var cached = prompt * target.Learned.CachedShare;
        return ((prompt - cached) * (double)rates.Input)
            + (cached * (double)(rates.CachedInput ?? rates.Input))
            + (target.Learned.OutputTokens(call.Scan, deployment.Profile.MaxOutput) * (double)rates.Output);
    }

    /// <summary>Tokens of the prompt, media by their providers' formulas.</summary>
    private static double Prompt(RouteTarget target, CallScan scan)
    {
        var tokens = target.Learned.PromptTokens(scan.TextBytes);
        foreach (var part in CollectionsMarshal.AsSpan(scan.Media))
        {
            tokens += Math.Min(ModelCost.Of(target.Deployment).Media.Of(part), MediaCost.Unbounded);
        }
        return Math.Min(tokens, target.Deployment.Profile.ContextWindow);
    }

    /// <summary>0 to 1: the part of its provider's quota that is left, times the part of attempts that succeeded lately, shared with the calls under way.</summary>
    private static double Availability(RouteTarget target, long now)
    {
        var health = target.Deployment.Health;
        return health.Quota.Share(now) * health.Breaker.SuccessRate * (1 - (health.InFlight / (health.InFlight + BusyCalls)));
    }

    /// <summary>So many calls under way make a target half as available.</summary>
    private const double BusyCalls = 100;
}
