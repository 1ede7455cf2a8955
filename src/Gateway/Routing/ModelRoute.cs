namespace Tollgate.Routing;

/// <summary>A model name that callers may ask for, and the deployments that serve it, best first.</summary>
/// <param name="Name">What callers ask for.</param>
/// <param name="Tiers">All targets of a tier are tried before the next tier's.</param>
internal sealed record ModelRoute(string Name, IReadOnlyList<IReadOnlyList<Deployment>> Tiers)
{
    public IEnumerable<Deployment> Deployments => Tiers.SelectMany(tier => tier);
}
