using System.Buffers;
using Tollgate.Errors;
using Tollgate.Intake;

namespace Tollgate.Routing;

/// <summary>Step four: which targets may take a call, and in what order. Decides by what is in memory, in microseconds.</summary>
/// <param name="region">Where this instance runs.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Draws lots.</param>
internal sealed class Router(OwnRegion region, TimeProvider time, Random random)
{
    /// <summary>A rest that ends so soon is waited out where there is no other target.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2.5);

    /// <returns>At least one target, best first.</returns>
    /// <exception cref="CallerErrorException">
    /// 400: no target can take what the call holds; names the parameter. 403: none is one that the tenant may use. 429, 503: all that could are failing or
    /// have asked to be left alone.
    /// </exception>
    public RoutePlan Plan(IncomingCall call)
    {
        var candidates = ArrayPool<Candidate>.Shared.Rent(CountOf(call.Route));
        try
        {
            var now = time.GetUtcNow().UtcTicks;
            var counted = Order(call, candidates, now);
            if (counted.Eligible + counted.LastResort == 0)
            {
                counted = counted with { Eligible = Rescue(candidates.AsSpan(0, counted.All)) };
                if (counted.Eligible == 0 && candidates[0].Exclusion.Reason == ExclusionReason.Resting && candidates[0].Target.Deployment.Health.MayAskResting(now))
                {
                    return new RoutePlan(call.Route, [candidates[0].Target.Deployment]) { TriesRest = true };
                }
                if (counted.Eligible == 0)
                {
                    throw RouteRefusal.Of(call, candidates.AsSpan(0, counted.All));
                }
            }
            var targets = new Deployment[counted.Eligible + counted.LastResort];
            for (var i = 0; i < targets.Length; i++)
            {
                targets[i] = candidates[i].Target.Deployment;
            }
            return new RoutePlan(call.Route, targets, Skipped(candidates.AsSpan(0, counted.All)));
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(candidates, clearArray: true);
        }
    }

    /// <summary>What <see cref="Plan"/> would go by, all of it: those that may be asked in their order, then those that may not.</summary>
    public RouteExplanation Explain(IncomingCall call)
    {
        var candidates = new Candidate[CountOf(call.Route)];
        var counted = Order(call, candidates, time.GetUtcNow().UtcTicks);
        var asked = counted.Eligible + counted.LastResort;
        asked = asked > 0 ? asked : Rescue(candidates);
        Ranking.AsListed(candidates.AsSpan(asked));
        return new RouteExplanation(call, candidates[..asked], candidates[asked..]);
    }

    /// <summary>Puts those that may be asked first, in their order; behind them those for want of others; then the rest.</summary>
    private Counted Order(IncomingCall call, Candidate[] candidates, long now)
    {
        var (all, eligible) = (0, 0);
        var tiers = call.Route.Tiers;
        for (var i = 0; i < tiers.Count; i++)
        {
            var (strategy, targets) = (tiers[i].Strategy, tiers[i].Targets);
            var start = eligible;
            for (var j = 0; j < targets.Length; j++)
            {
                ref var candidate = ref candidates[all++];
                candidate = new Candidate { Target = targets[j], Tier = i, Place = j, Exclusion = Eligibility.Check(call, targets[j], now) };
                if (candidate.Exclusion.Reason == ExclusionReason.None || candidate.Exclusion.IsLastResort)
                {
                    candidate.Score = TargetScore.Of(strategy, targets[j], call, now, random);
                    candidate.IsNear = region.Is(targets[j].Deployment);
                }
                if (candidate.Exclusion.Reason == ExclusionReason.None)
                {
                    (candidates[eligible], candidate) = (candidate, candidates[eligible]);
                    eligible++;
                }
            }
            Ranking.Rank(strategy, candidates.AsSpan(start, eligible - start), random);
        }
        var rest = candidates.AsSpan(eligible, all - eligible);
        return new Counted(all, eligible, LastResort(rest));
    }

    /// <summary>Puts those that may be asked after all others first, by tier and place.</summary>
    private static int LastResort(Span<Candidate> rest)
    {
        var count = 0;
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i].Exclusion.IsLastResort)
            {
                (rest[count], rest[i]) = (rest[i], rest[count]);
                count++;
            }
        }
        Ranking.AsListed(rest[..count]);
        return count;
    }

    /// <summary>
    /// Where nobody may be asked: those with the largest window of those that are excluded by a window, since the prompt's length is an estimate; else the
    /// one that rests the shortest, if that is short enough to wait. It is in front in any case.
    /// </summary>
    /// <returns>How many may be asked, now in front.</returns>
    private static int Rescue(Span<Candidate> all)
    {
        var (largest, count, soonest) = (-1L, 0, -1);
        foreach (ref readonly var candidate in all)
        {
            largest = candidate.Exclusion.Reason == ExclusionReason.ContextWindow ? Math.Max(largest, candidate.Exclusion.Available) : largest;
        }
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].Exclusion.Reason == ExclusionReason.ContextWindow && all[i].Exclusion.Available == largest)
            {
                (all[count], all[i]) = (all[i], all[count]);
                count++;
            }
            else if (all[i].Exclusion.Reason == ExclusionReason.Resting && (soonest < 0 || all[i].Exclusion.Left < all[soonest].Exclusion.Left))
            {
                soonest = i;
            }
        }
        if (count > 0 || soonest < 0)
        {
            return count;
        }
        (all[0], all[soonest]) = (all[soonest], all[0]);
        return all[0].Exclusion.Left <= LongestWait ? 1 : 0;
    }

    /// <summary>Why the first target that would have come before the plan's first is not it.</summary>
    private static ExclusionReason Skipped(ReadOnlySpan<Candidate> all)
    {
        var (found, first) = (-1, 0);
        for (var i = 1; i < all.Length; i++)
        {
            if (all[i].Exclusion.Reason != ExclusionReason.None && all[i].IsListedBefore(all[first]) && (found < 0 || all[i].IsListedBefore(all[found])))
            {
                found = i;
            }
        }
        return found < 0 ? ExclusionReason.None : all[found].Exclusion.Reason;
    }

    private static int CountOf(ModelRoute route)
    {
        var count = 0;
        for (var i = 0; i < route.Tiers.Count; i++)
        {
            count += route.Tiers[i].Targets.Length;
        }
        return count;
    }

    private readonly record struct Counted(int All, int Eligible, int LastResort);
}
