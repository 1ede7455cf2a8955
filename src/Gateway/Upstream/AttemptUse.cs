using Tollgate.Conversation;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Settlement;
using Tollgate.Streaming;

namespace Tollgate.Upstream;

/// <summary>What an upstream may bill for an attempt that brought no answer, at the price of its deployment; null for nothing.</summary>
internal static class AttemptUse
{
    /// <summary>What the upstream itself says was used; without a word of it, the prompt that it has read.</summary>
    public static BilledAttempt? ToldOrPrompt(TokenUsage? told, IncomingCall call, Deployment deployment) =>
        Of(told ?? new TokenUsage { Prompt = OutputMeter.Tokenish(call.Scan.TextBytes) }, call, deployment);

    /// <summary>What the upstream itself says was used; without a word of it, nothing.</summary>
    public static BilledAttempt? Told(TokenUsage? told, IncomingCall call, Deployment deployment) => Of(told ?? default, call, deployment);

    private static BilledAttempt? Of(in TokenUsage usage, IncomingCall call, Deployment deployment)
    {
        var prices = deployment.Profile.Prices;
        return usage.Total == 0 ? null : new BilledAttempt(deployment.Name, usage, CostCalculator.Exact(prices?.At(call.ReceivedAt), usage), prices?.Version);
    }
}
