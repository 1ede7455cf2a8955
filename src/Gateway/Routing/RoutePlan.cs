using Tollgate.Errors;
using Tollgate.Telemetry;

namespace Tollgate.Routing;

/// <summary>The targets that may be asked, best first. Whatever asks another one takes the next of these, so that what is excluded stays so.</summary>
/// <param name="route">The model's.</param>
/// <param name="targets">At least one.</param>
/// <param name="skipped">Why the first of those that would have come earlier does not; none where nothing was skipped.</param>
internal sealed class RoutePlan(ModelRoute route, IReadOnlyList<Deployment> targets, ExclusionReason skipped = ExclusionReason.None)
{
    /// <summary>The usual reasons, made once: strategy by what was skipped.</summary>
    private static readonly string[][] Usual = [.. Strategies.Words.Select(strategy => Enum.GetValues<ExclusionReason>().Select(reason => Words(strategy, 0, reason)).ToArray())];

    public IReadOnlyList<Deployment> Targets => targets;

    /// <summary>Its only target rests, and this call finds out whether it still has to.</summary>
    public bool TriesRest { get; init; }

    /// <summary>Why a deployment was asked, for <c>x-tollgate-route-reason</c>, e.g. <c>lowest-cost; skipped=breaker; failover=timeout</c>.</summary>
    /// <param name="deployment">One of <see cref="Targets"/>.</param>
    /// <param name="before">The failure of the attempt before; null for the first.</param>
    /// <param name="isSame">That attempt was at the same deployment.</param>
    public string ReasonFor(Deployment deployment, FailureKind? before, bool isSame)
    {
        var (tier, strategy) = route.PlaceOf(deployment);
        var usual = tier == 0 ? Usual[(int)strategy][(int)skipped] : Words(Strategies.Words[(int)strategy], tier, skipped);
        return before is { } failure ? $"{usual}; {(isSame ? TelemetryNames.Values.Retry : TelemetryNames.Values.Failover)}={ErrorWords.Of(failure)}" : usual;
    }

    private static string Words(string strategy, int tier, ExclusionReason skipped) =>
        $"{strategy}{(tier > 0 ? $"; tier={tier + 1}" : "")}{(skipped == ExclusionReason.None ? "" : $"; skipped={Exclusion.WordOf(skipped)}")}";
}
