using Tollgate.Catalogue;
using Tollgate.Intake;

namespace Tollgate.Routing;

/// <summary>Says whether a target may be asked, before anybody compares it with others. The same rules bind failover: what is excluded is in no plan.</summary>
internal static class Eligibility
{
    /// <summary>The first reason that speaks against a target; <see cref="ExclusionReason.None"/> where none does.</summary>
    public static Exclusion Check(IncomingCall call, RouteTarget target, long now)
    {
        var (tenant, deployment) = (call.Caller.Tenant, target.Deployment);
        if (!tenant.MayAsk(deployment.Name))
        {
            return new(ExclusionReason.NotAllowed);
        }
        if (!tenant.MayReach(deployment.Region))
        {
            return new(ExclusionReason.Region);
        }
        if (UnmetBy(deployment, call.Scan) is var need and not Need.None)
        {
            return new(ExclusionReason.Capability) { Unmet = need };
        }
        var health = deployment.Health;
        if (health.Breaker.IsOpen(now, out var opensIn))
        {
            return new(ExclusionReason.Breaker, opensIn);
        }
        if (health.RestLeft(now) is var rest && rest > TimeSpan.Zero)
        {
            return new(ExclusionReason.Resting, rest);
        }
        var prompt = (long)target.Learned.PromptTokens(call.Scan.TextBytes);
        if (prompt > deployment.Profile.ContextWindow)
        {
            return new(ExclusionReason.ContextWindow, Needed: prompt, Available: deployment.Profile.ContextWindow);
        }
        if (health.Quota.Lacks(prompt, now, out var lack))
        {
            return new(ExclusionReason.Quota, lack.Left, lack.Needed, lack.Available);
        }
        return health.AdviceLeft(now) is var advice && advice > TimeSpan.Zero ? new(ExclusionReason.Advice, advice) : default;
    }

    /// <summary>The parameter that a target does not take, and why, for the caller.</summary>
    public static (string Param, string Why) Describe(Need need, CallScan scan) => need switch
    {
        Need.Images => (scan.FirstImage!, "does not take images"),
        Need.Audio => (scan.FirstAudio!, "does not take audio"),
        Need.Files => (scan.FirstFile!, "does not take files"),
        Need.Tools => ("tools", "does not take tools"),
        Need.JsonSchema => ("response_format", "does not take a JSON schema"),
        _ => ($"messages[{scan.Messages - 1}]", "does not continue an assistant message"),
    };

    private static Need UnmetBy(Deployment deployment, CallScan scan)
    {
        var model = deployment.Profile;
        if (scan.FirstImage is not null && !model.Can(Capabilities.Vision))
        {
            return Need.Images;
        }
        if (scan.FirstAudio is not null && !model.Can(Capabilities.Audio))
        {
            return Need.Audio;
        }
        if (scan.FirstFile is not null && !model.Can(Capabilities.Pdf))
        {
            return Need.Files;
        }
        if (scan.HasTools && !model.Can(Capabilities.Tools))
        {
            return Need.Tools;
        }
        if (scan.HasJsonSchema && !model.Can(Capabilities.JsonSchema))
        {
            return Need.JsonSchema;
        }
        // OpenAI's own wire takes a trailing assistant message as context; only a translated model is asked to continue it.
        return scan.EndsWithAssistant && deployment.Wire is not null && !model.Can(Capabilities.Prefill) ? Need.Prefill : Need.None;
    }
}
