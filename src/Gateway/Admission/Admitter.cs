using Tollgate.Admission.Bounds;
using Tollgate.Admission.Loops;
using Tollgate.Budgets;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Telemetry;

namespace Tollgate.Admission;

/// <summary>Step three: holds the most the call can use out of the tenant's budget and opens its row in the ledger.</summary>
internal sealed class Admitter(LoopGuard loops, PromptBounds bounds, LeaseBook budgets, IUsageLedger ledger)
{
    /// <exception cref="BudgetRefusedException">A limit leaves no room.</exception>
    /// <exception cref="CallerErrorException">429: the call is one of a loop. 503: the ledger cannot keep up, or the budget cannot be looked up.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask<AdmittedCall> AdmitAsync(IncomingCall call, RoutePlan plan, CancellationToken callerGone)
    {
        await loops.PassAsync(call, callerGone);
        var reservation = await ReserveAsync(call, plan.Targets, callerGone);
        var opened = new OpenedCall
        {
            RequestId = call.Id,
            OpenedAt = call.ReceivedAt,
            Tenant = call.Caller.Tenant.Id,
            Key = call.Caller.Key,
            Model = call.Route.Name,
            User = call.User,
            ReservedAt = reservation.HeldAt,
            Leases = reservation.Leases,
            BoundTokens = reservation.Bound.AmountOf(LimitUnit.Tokens),
            BoundMicroUsd = reservation.Bound.AmountOf(LimitUnit.MicroUsd),
            Unchecked = reservation.IsUnchecked,
            MayLag = call.Caller.Tenant.OnLedgerOutage == OutagePolicy.Allow,
        };
        await OpenAsync(opened, reservation, callerGone);
        return new AdmittedCall(call, plan, reservation, opened);
    }

    /// <summary>Nothing is sent before the row is safe, unless the tenant wants it so: whatever an upstream serves has one, even if this process dies.</summary>
    private async ValueTask OpenAsync(OpenedCall row, Reservation reservation, CancellationToken callerGone)
    {
        var opened = false;
        try
        {
            opened = await ledger.OpenAsync(row, callerGone);
        }
        finally
        {
            if (!opened)
            {
                reservation.Release();
            }
        }
        if (!opened)
        {
            throw new CallerErrorException(503, "The usage ledger cannot keep up; try again shortly.", code: "ledger_unavailable", type: ErrorTypes.Server);
        }
    }

    private async ValueTask<Reservation> ReserveAsync(IncomingCall call, IReadOnlyList<Deployment> targets, CancellationToken callerGone)
    {
        var quick = PromptBounds.Quick(call, targets);
        var bound = quick;
        try
        {
            try
            {
                var reservation = await budgets.ReserveAsync(call.Scopes, quick, callerGone);
                if (reservation.Lowered && bounds.TryTighten(call, targets, quick, out var better))
                {
                    reservation.Tighten(better);
                }
                return reservation;
            }
            catch (BudgetRefusedException)
            {
                if (!bounds.TryTighten(call, targets, quick, out var tighter))
                {
                    throw;
                }
                bound = tighter;
                return await budgets.ReserveAsync(call.Scopes, bound, callerGone);
            }
        }
        catch (BudgetRefusedException refused)
        {
            budgets.NoteRefused(call.Scopes, bound, refused);
            throw;
        }
        catch (BudgetUnavailableException) when (call.Caller.Tenant.OnBudgetOutage == OutagePolicy.Allow)
        {
            GatewayMeter.AddUnchecked();
            return budgets.ReserveUnchecked(call.Scopes, quick);
        }
        catch (BudgetUnavailableException)
        {
            GatewayMeter.AddUnavailable();
            throw new CallerErrorException(503, "The gateway cannot look up the budget at the moment; try again shortly.", code: "budget_unavailable", type: ErrorTypes.Server, retryAfter: TimeSpan.FromSeconds(1));
        }
    }
}

/// <summary>A call whose budget is held and whose row is open.</summary>
internal sealed record AdmittedCall(IncomingCall Call, RoutePlan Plan, Reservation Reservation, OpenedCall Row);
