using Tollgate.Errors;
using Tollgate.Intake;

namespace Tollgate.Routing;

/// <summary>What becomes of a call that no target may be asked for.</summary>
internal static class RouteRefusal
{
    /// <summary>What the caller is told where nobody may be asked: that of the target which was nearest to it.</summary>
    public static CallerErrorException Of(IncomingCall call, ReadOnlySpan<Candidate> all)
    {
        Exclusion? soonest = null, unmet = null;
        Deployment? resting = null;
        foreach (ref readonly var candidate in all)
        {
            var exclusion = candidate.Exclusion;
            if (exclusion.Reason is ExclusionReason.Breaker or ExclusionReason.Resting && !(exclusion.Left >= soonest?.Left))
            {
                soonest = exclusion;
                resting = candidate.Target.Deployment;
            }
            unmet ??= exclusion.Reason == ExclusionReason.Capability ? exclusion : null;
        }
        if (soonest is { } wait)
        {
            var failure = wait.Reason == ExclusionReason.Resting && resting!.Health.RestReason is { } reason ? reason : resting!.Health.Breaker.LastFailure;
            return CallerErrorException.Of(FailureTable.For(failure) with { RetryAfter = wait.Left });
        }
        if (unmet is { } missing)
        {
            var (param, why) = Eligibility.Describe(missing.Unmet, call.Scan);
            return CallerErrorException.Invalid($"Model '{call.Route.Name}' {why}.", param, "unsupported_parameter");
        }
        return new CallerErrorException(
            403, $"No deployment of model '{call.Route.Name}' is {(IsAny(all, ExclusionReason.Region) ? "in a region" : "one")} that this tenant may use.",
            "model", IsAny(all, ExclusionReason.Region) ? "region_not_allowed" : "deployment_not_allowed", ErrorTypes.Permission);
    }

    private static bool IsAny(ReadOnlySpan<Candidate> all, ExclusionReason reason)
    {
        foreach (ref readonly var candidate in all)
        {
            if (candidate.Exclusion.Reason == reason)
            {
                return true;
            }
        }
        return false;
    }
}
