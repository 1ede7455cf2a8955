using Tollgate.Admission;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Ledger;
using Tollgate.Streaming;
using Tollgate.Upstream;

namespace Tollgate.Settlement;

/// <summary>Steps nine and ten: what the call really used is booked against the budget and into the ledger, once.</summary>
internal sealed class Settler(IUsageLedger ledger, ModelCatalogue catalogue, TimeProvider time)
{
    /// <summary>What an answer used: the provider's own numbers, else what was counted.</summary>
    public static CallCost Price(AdmittedCall admitted, UpstreamReply reply)
    {
        var (reported, counted) = reply switch
        {
            StreamedReply streamed => (streamed.Lane.Usage, streamed.Lane.CountedTokens),
            WholeReply whole => (whole.Usage, OutputMeter.Tokenish(whole.OutputBytes)),
            _ => throw new InvalidOperationException("Every reply is whole or streamed."),
        };
        // A stream that broke off may carry only what its upstream knew at the start: the larger count is the truer.
        var usage = reported is { } known && known.Completion >= (IsWhole(reply) ? 0 : counted)
            ? known
            : (reported ?? new TokenUsage { Prompt = OutputMeter.Tokenish(admitted.Call.Scan.TextBytes) }) with { Completion = counted };
        return new CallCost(usage, Estimated: reported != usage || !IsWhole(reply), CostCalculator.MicroUsd(reply.Deployment.Profile.Price, usage));
    }

    /// <summary>Books an answered call.</summary>
    public void Settle(AdmittedCall admitted, UpstreamReply reply, CallCost cost, CallStatus status, double? firstTokenMs)
    {
        admitted.Reservation.Settle(cost.Usage.Total, cost.MicroUsd);
        ledger.Settle(new SettledCall(admitted.Row)
        {
            Deployment = reply.Deployment.Name,
            Provider = reply.Deployment.Settings.Name,
            Region = reply.Deployment.Region,
            Usage = cost.Usage,
            Estimated = cost.Estimated,
            CostMicroUsd = cost.MicroUsd,
            PriceVersion = reply.Deployment.Profile.Price is null ? null : catalogue.Version,
            Status = status,
            HttpStatus = 200,
            Attempts = reply.Attempts,
            FirstTokenMs = firstTokenMs,
            TotalMs = time.GetElapsedTime(admitted.Call.StartedAt).TotalMilliseconds,
        });
    }

    /// <summary>Books a call that generated nothing. Of one the caller left, the upstream has read the prompt all the same.</summary>
    public void SettleFailed(AdmittedCall admitted, Dispatched? dispatched, CallStatus status, int httpStatus)
    {
        var left = status == CallStatus.Disconnected && dispatched is not null;
        var usage = new TokenUsage { Prompt = left ? OutputMeter.Tokenish(admitted.Call.Scan.TextBytes) : 0 };
        var price = dispatched?.LastTarget.Profile.Price;
        var cost = CostCalculator.MicroUsd(price, usage);
        admitted.Reservation.Settle(usage.Total, cost);
        ledger.Settle(new SettledCall(admitted.Row)
        {
            Deployment = dispatched?.LastTarget.Name,
            Provider = dispatched?.LastTarget.Settings.Name,
            Region = dispatched?.LastTarget.Region,
            Usage = usage,
            Estimated = left,
            CostMicroUsd = cost,
            PriceVersion = left && price is not null ? catalogue.Version : null,
            Status = status,
            HttpStatus = httpStatus,
            Attempts = dispatched?.Attempts ?? 0,
            TotalMs = time.GetElapsedTime(admitted.Call.StartedAt).TotalMilliseconds,
        });
    }

    private static bool IsWhole(UpstreamReply reply) => reply is not StreamedReply streamed || streamed.Lane.IsFinished;
}

/// <summary>What a call used and what it cost.</summary>
/// <param name="Usage">Tokens.</param>
/// <param name="Estimated">Counted by the gateway, in whole or in part.</param>
/// <param name="MicroUsd">Micro-USD.</param>
internal sealed record CallCost(TokenUsage Usage, bool Estimated, long MicroUsd);
