using Tollgate.Admission.Bounds;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Routing;

namespace Tollgate.Admission;

/// <summary>Step three: holds the most the call can use out of the tenant's budget and opens its row in the ledger.</summary>
internal sealed class Admitter(IBudgetAuthority budgets, IUsageLedger ledger)
{
    /// <exception cref="BudgetRefusedException">A limit leaves no room.</exception>
    /// <exception cref="CallerErrorException">503: the ledger cannot keep up.</exception>
    public AdmittedCall Admit(IncomingCall call, IReadOnlyList<Deployment> targets)
    {
        var reservation = budgets.Reserve(call.Caller.Tenant, PromptBounds.Quick(call, targets));
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
}

/// <summary>A call whose budget is held and whose row is open.</summary>
internal sealed record AdmittedCall(IncomingCall Call, IReadOnlyList<Deployment> Targets, Reservation Reservation, OpenedCall Row);
