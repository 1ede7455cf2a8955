using Microsoft.Extensions.Logging;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Conversation;
using Tollgate.Ledger;
using Tollgate.Streaming;
using Tollgate.Telemetry;
using Tollgate.Upstream;

namespace Tollgate.Settlement;

/// <summary>Steps nine and ten: what the call really used is booked against the budget and into the ledger, once.</summary>
internal sealed partial class Settler(IUsageLedger ledger, TimeProvider time, ILogger<Settler> logger)
{
    /// <summary>What an answered call used: the provider's own numbers, else what was counted; and what the attempts before it did.</summary>
    public static CallCost Price(AdmittedCall admitted, UpstreamReply reply)
    {
        var (reported, counted, tier) = reply switch
        {
            StreamedReply streamed => (streamed.Lane.Usage, streamed.Lane.CountedTokens, streamed.Lane.Tier),
            WholeReply whole => (whole.Usage, OutputMeter.Tokenish(whole.OutputBytes), whole.Tier),
            _ => throw new InvalidOperationException("Every reply is whole or streamed."),
        };
        // A stream that broke off may carry only what its upstream knew at the start: the larger count is the truer.
        var usage = reported is { } known && known.Completion >= (IsWhole(reply) ? 0 : counted)
            ? known
            : (reported ?? new TokenUsage { Prompt = OutputMeter.Tokenish(admitted.Call.Scan.TextBytes), Tier = tier }) with { Completion = counted };
        var (earlier, price) = (reply.Earlier, reply.Deployment.Profile.Prices?.At(admitted.Call.ReceivedAt));
        return new CallCost(
            usage,
            usage + earlier.Usage(),
            Estimated: reported != usage || !IsWhole(reply) || earlier.Count > 0,
            CostCalculator.Rounded(CostCalculator.Exact(price, usage) + earlier.MicroUsd()));
    }

    /// <summary>Books an answered call.</summary>
    public void Settle(AdmittedCall admitted, UpstreamReply reply, CallCost cost, CallStatus status, double? firstTokenMs)
    {
        if (status == CallStatus.Ok)
        {
            admitted.Call.Route.Learn(reply.Deployment, cost.Answer, admitted.Call.Scan);
        }
        Charge(admitted, cost.Usage.Total, cost.MicroUsd);
        ledger.Settle(new SettledCall(admitted.Row)
        {
            Deployment = reply.Deployment.Name,
            Provider = reply.Deployment.Settings.Name,
            Region = reply.Deployment.Region,
            Usage = cost.Usage,
            Earlier = reply.Earlier,
            Estimated = cost.Estimated,
            CostMicroUsd = cost.MicroUsd,
            PriceVersion = BilledAttempts.Versions(reply.Deployment.Profile.Prices?.Version, reply.Earlier),
            Status = status,
            HttpStatus = 200,
            Attempts = reply.Attempts,
            FirstTokenMs = firstTokenMs,
            TotalMs = time.GetElapsedTime(admitted.Call.StartedAt).TotalMilliseconds,
        });
        reply.Trace?.Answered(reply, cost, status);
        admitted.Call.Trace?.Answered(reply, cost, status, firstTokenMs);
    }

    /// <summary>Books a call without an answer. What its attempts may be billed for is charged all the same.</summary>
    public void SettleFailed(AdmittedCall admitted, Dispatched? dispatched, CallStatus status, int httpStatus)
    {
        var used = dispatched?.Used ?? [];
        var (usage, cost) = (used.Usage(), CostCalculator.Rounded(used.MicroUsd()));
        Charge(admitted, usage.Total, cost);
        ledger.Settle(new SettledCall(admitted.Row)
        {
            Deployment = dispatched?.LastTarget.Name,
            Provider = dispatched?.LastTarget.Settings.Name,
            Region = dispatched?.LastTarget.Region,
            Usage = usage,
            Earlier = used,
            Estimated = usage.Total > 0,
            CostMicroUsd = cost,
            PriceVersion = BilledAttempts.Versions(answer: null, used),
            Status = status,
            HttpStatus = httpStatus,
            Attempts = dispatched?.Attempts ?? 0,
            TotalMs = time.GetElapsedTime(admitted.Call.StartedAt).TotalMilliseconds,
        });
        admitted.Call.Trace?.Failed(dispatched, status, httpStatus);
    }

    /// <summary>Books against the budgets. What goes beyond the reservation is charged too, and told: an upstream billed more than the bound allows for.</summary>
    private void Charge(AdmittedCall admitted, long tokens, long microUsd)
    {
        var bound = admitted.Reservation.Bound;
        admitted.Reservation.Settle(tokens, microUsd);
        var (mostTokens, mostMicroUsd) = (bound.AmountOf(LimitUnit.Tokens), bound.AmountOf(LimitUnit.MicroUsd));
        if (admitted.Call.Scopes.Count > 0 && (tokens > mostTokens || microUsd > mostMicroUsd))
        {
            LogOverrun(logger, admitted.Call.Id, admitted.Row.Tenant, tokens, microUsd, mostTokens, mostMicroUsd);
            GatewayMeter.AddOverrun(Math.Max(0, tokens - mostTokens));
        }
    }

    private static bool IsWhole(UpstreamReply reply) => reply is not StreamedReply streamed || streamed.Lane.IsFinished;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{RequestId} of tenant {Tenant} used {Tokens} tokens and {MicroUsd} micro-USD where {BoundTokens} and {BoundMicroUsd} were reserved; all of it is charged.")]
    private static partial void LogOverrun(ILogger logger, string requestId, string tenant, long tokens, long microUsd, long boundTokens, long boundMicroUsd);
}

/// <summary>What a call used and what it cost.</summary>
/// <param name="Answer">Tokens of the answer alone, as the caller is told.</param>
/// <param name="Usage">Tokens of all attempts.</param>
/// <param name="Estimated">Counted by the gateway, in whole or in part.</param>
/// <param name="MicroUsd">Micro-USD of all attempts.</param>
internal sealed record CallCost(TokenUsage Answer, TokenUsage Usage, bool Estimated, long MicroUsd);
