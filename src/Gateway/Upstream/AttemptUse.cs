using Tollgate.Conversation;
using Tollgate.Intake;
using Tollgate.Routing;
using Tollgate.Settlement;
using Tollgate.Streaming;

namespace Tollgate.Upstream;

/// <summary>What upstreams may bill for attempts that brought no answer.</summary>
/// <param name="Usage">Tokens.</param>
/// <param name="MicroUsd">At the price of the deployment each attempt went to.</param>
internal readonly record struct AttemptUse(TokenUsage Usage, long MicroUsd)
{
    public static AttemptUse operator +(in AttemptUse one, in AttemptUse other) => new(one.Usage + other.Usage, one.MicroUsd + other.MicroUsd);

    /// <summary>What the upstream itself says was used; without a word of it, the prompt that it has read.</summary>
    public static AttemptUse ToldOrPrompt(TokenUsage? told, IncomingCall call, Deployment deployment) =>
        Of(told ?? new TokenUsage { Prompt = OutputMeter.Tokenish(call.Scan.TextBytes) }, deployment);

    /// <summary>What the upstream itself says was used; without a word of it, nothing.</summary>
    public static AttemptUse Told(TokenUsage? told, Deployment deployment) => Of(told ?? default, deployment);

    private static AttemptUse Of(in TokenUsage usage, Deployment deployment) => new(usage, CostCalculator.MicroUsd(deployment.Profile.Price, usage));
}
