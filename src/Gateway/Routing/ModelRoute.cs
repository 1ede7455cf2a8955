using Tollgate.Conversation;
using Tollgate.Intake;

namespace Tollgate.Routing;

/// <summary>A model name that callers may ask for, and the deployments that serve it, best first.</summary>
/// <param name="Name">What callers ask for.</param>
/// <param name="Tiers">All targets of a tier are tried before the next tier's.</param>
internal sealed record ModelRoute(string Name, IReadOnlyList<Tier> Tiers)
{
    public IEnumerable<Deployment> Deployments => Tiers.SelectMany(tier => tier.Targets).Select(target => target.Deployment);

    /// <summary>Learns from what a deployment's whole answer used.</summary>
    public void Learn(Deployment deployment, in TokenUsage usage, CallScan scan)
    {
        foreach (var tier in Tiers)
        {
            foreach (var target in tier.Targets)
            {
                if (target.Deployment == deployment)
                {
                    target.Learned.Note(usage, scan);
                    return;
                }
            }
        }
    }

    /// <summary>Where a deployment stands: the number of its tier from 0 on, and how that is ordered.</summary>
    public (int Tier, Strategy Strategy) PlaceOf(Deployment deployment)
    {
        for (var i = 0; i < Tiers.Count; i++)
        {
            foreach (var target in Tiers[i].Targets)
            {
                if (target.Deployment == deployment)
                {
                    return (i, Tiers[i].Strategy);
                }
            }
        }
        return (0, Tiers[0].Strategy);
    }
}

/// <summary>Targets that are equals, but for their strategy's order.</summary>
internal sealed record Tier(Strategy Strategy, RouteTarget[] Targets)
{
    /// <summary>Deployments in the order that they are to be asked in.</summary>
    public static Tier Of(params IEnumerable<Deployment> deployments) => new(Strategy.Priority, [.. deployments.Select(deployment => new RouteTarget(deployment))]);
}

/// <summary>A deployment in its place under a model.</summary>
/// <param name="deployment">Which.</param>
/// <param name="weight">Its part of a <see cref="Strategy.Weighted"/> tier's calls, by the sum of all; at least 1.</param>
internal sealed class RouteTarget(Deployment deployment, int weight = 1)
{
    public Deployment Deployment => deployment;

    public int Weight => weight;

    /// <summary>What this model's calls use there.</summary>
    public LearnedUsage Learned { get; } = new();
}
