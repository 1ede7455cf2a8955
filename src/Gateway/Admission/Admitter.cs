using Tollgate.Budgets;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Settlement;

namespace Tollgate.Admission;

/// <summary>Step three: holds the most the call can use out of the tenant's budget and opens its row in the ledger.</summary>
internal sealed class Admitter(LeaseBook budgets, IUsageLedger ledger)
{
    /// <summary>Tokens of a message beyond its text: role and separators.</summary>
    private const int TokensPerMessage = 8;

    /// <summary>More than any of the providers' published formulas gives for one image at its largest.</summary>
    private const int TokensPerImage = 6_000;

    /// <exception cref="BudgetRefusedException">A limit leaves no room.</exception>
    /// <exception cref="CallerErrorException">503: the ledger cannot keep up.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask<AdmittedCall> AdmitAsync(IncomingCall call, IReadOnlyList<Deployment> targets, CancellationToken callerGone)
    {
        var reservation = await ReserveAsync(call, targets, callerGone);
        var opened = new OpenedCall
        {
            RequestId = call.Id,
            OpenedAt = call.ReceivedAt,
            Tenant = call.Caller.Tenant.Id,
            Key = call.Caller.Key,
            Model = call.Route.Name,
        };
        if (!ledger.TryOpen(opened))
        {
            reservation.Settle(0, 0);
            throw new CallerErrorException(503, "The usage ledger cannot keep up; try again shortly.", code: "ledger_unavailable", type: ErrorTypes.Server);
        }
        return new AdmittedCall(call, targets, reservation, opened);
    }

    private async ValueTask<Reservation> ReserveAsync(IncomingCall call, IReadOnlyList<Deployment> targets, CancellationToken callerGone)
    {
        try
        {
            return await budgets.ReserveAsync(call.Caller.Scopes, Bound(call.Scan, targets), callerGone);
        }
        catch (BudgetUnavailableException)
        {
            throw new CallerErrorException(503, "The gateway cannot look up the budget at the moment; try again shortly.", code: "budget_unavailable", type: ErrorTypes.Server, retryAfter: TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>The bound holds for whichever target will answer: the longest output and the highest prices of them all.</summary>
    private static CallBound Bound(CallScan scan, IReadOnlyList<Deployment> targets)
    {
        var prompt = scan.TextBytes + scan.MediaBytes + ((long)scan.Messages * TokensPerMessage) + ((long)scan.Images * TokensPerImage);
        long output = 0;
        decimal promptCost = 0, outputRate = 0;
        foreach (var target in targets)
        {
            var model = target.Profile;
            output = Math.Max(output, Math.Min(scan.Cap ?? long.MaxValue, model.MaxOutput));
            if (model.Price is { } price)
            {
                promptCost = Math.Max(promptCost, CostCalculator.PromptBound(price, prompt));
                outputRate = Math.Max(outputRate, CostCalculator.OutputRate(price, prompt));
            }
        }
        return new CallBound(prompt, Math.Min(output, scan.Cap ?? long.MaxValue), scan.Choices, promptCost, outputRate);
    }
}

/// <summary>A call whose budget is held and whose row is open.</summary>
internal sealed record AdmittedCall(IncomingCall Call, IReadOnlyList<Deployment> Targets, Reservation Reservation, OpenedCall Row);
