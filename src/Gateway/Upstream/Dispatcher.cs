using Tollgate.Admission;
using Tollgate.Errors;
using Tollgate.Ledger;
using Tollgate.Routing;

namespace Tollgate.Upstream;

/// <summary>
/// Steps five to seven: asks the planned deployments in turn until one has begun to answer. Only before the first output:
/// afterwards an answer is its upstream's alone.
/// </summary>
internal sealed class Dispatcher(Attempt attempt, RetryPolicy retries, TimeProvider time)
{
    /// <summary>Upstream requests for one call, over all targets.</summary>
    public const int MostAttempts = 4;

    /// <summary>Asks until one begins to answer or there is none left to ask.</summary>
    public async Task<Dispatched> SendAsync(AdmittedCall admitted, CancellationToken callerGone)
    {
        var (call, queue) = (admitted.Call, new TargetQueue(admitted.Plan.Targets, time, admitted.Plan.TriesRest));
        Dispatched? last = null, filtered = null;
        IReadOnlyList<BilledAttempt> used = [];
        while (true)
        {
            var (target, attempts) = (queue.Current, (last?.Attempts ?? 0) + 1);
            try
            {
                if (!await retries.WaitForRestAsync(queue, call, callerGone))
                {
                    return filtered ?? last ?? NotAsked(target);
                }
                target = queue.Current;
                var reason = admitted.Plan.ReasonFor(target, last?.Failure?.Kind, last?.LastTarget == target);
                var asking = new Asking(this, admitted, queue, last, attempts == MostAttempts || !queue.HasNext, callerGone);
                if (await target.Health.Breaker.RunAsync(static asking => asking.Self.AskAsync(asking), asking) is not { } result)
                {
                    // Others' calls have opened the breaker since, or are trying it.
                    if (!queue.NextTarget())
                    {
                        return filtered ?? last ?? NotAsked(target);
                    }
                    continue;
                }
                if (result.Reply is { } reply && !(reply.IsFiltered && call.Caller.Tenant.FiltersElsewhere && attempts < MostAttempts && queue.HasNextProvider))
                {
                    (reply.Attempts, reply.Earlier, reply.RouteReason) = (attempts, used, reason);
                    return new Dispatched(reply, null, target, attempts) { Used = used, RouteReason = reason };
                }
                var (failure, billed) = result.Reply is { } refusal ? Discard(refusal, call) : (result.Failure, result.Used);
                used = billed is null ? used : [.. used, billed];
                last = new Dispatched(null, failure, target, attempts) { Used = used, RouteReason = reason };
                filtered = (failure?.Kind == FailureKind.ContentFilter ? last : filtered) is { } told ? last with { Failure = told.Failure } : null;
                if (failure is null)
                {
                    return last;
                }
                var renewed = await queue.Credential.NoteAsync(failure, callerGone);
                RetryPolicy.NoteRest(target, failure);
                if (attempts == MostAttempts || (!renewed && !await retries.NextAsync(queue, call, failure, attempts, callerGone)))
                {
                    return filtered ?? last;
                }
            }
            catch (CallerErrorException refused)
            {
                // Thrown before the request goes out: that target was not asked. Another one's wire may be able to say it.
                if (!queue.NextTarget())
                {
                    return filtered ?? last ?? new Dispatched(null, null, target, Attempts: 0) { Refusal = refused };
                }
            }
            catch (Exception gone) when (callerGone.IsCancellationRequested && UpstreamErrors.IsBroken(gone))
            {
                return new Dispatched(null, null, target, attempts) { Used = used };
            }
        }
    }

    /// <summary>One attempt, within what is left of the call's time.</summary>
    private async ValueTask<AttemptResult> AskAsync(Asking asking)
    {
        var (call, target) = (asking.Admitted.Call, asking.Queue.Current);
        if (call.IsOutOfTime(time))
        {
            return new UpstreamFailure(FailureKind.Deadline, 504);
        }
        var allowed = AttemptTime.Of(target, call.Scan.Stream, asking.IsLast, call.TimeLeft(time));
        var result = await attempt.SendAsync(asking.Admitted, target, asking.Queue.Credential, asking.Last, allowed, asking.CallerGone);
        return result.Failure?.Kind == FailureKind.Timeout && call.IsOutOfTime(time)
            ? result with { Failure = new UpstreamFailure(FailureKind.Deadline, 504) }
            : result;
    }

    /// <summary>An answer that says no more than that a content filter stopped it, where the tenant wants another provider to be asked.</summary>
    private static (UpstreamFailure Failure, BilledAttempt? Used) Discard(UpstreamReply refusal, Intake.IncomingCall call)
    {
        var usage = refusal switch
        {
            StreamedReply streamed => streamed.Lane.Usage,
            WholeReply whole => whole.Usage,
            _ => null,
        };
        var failure = new UpstreamFailure(FailureKind.ContentFilter, 200);
        var used = AttemptUse.ToldOrPrompt(usage, call, refusal.Deployment);
        refusal.Trace?.Failed(failure, used);
        refusal.Dispose();
        return (failure, used);
    }

    /// <summary>The only targets left rest or are tried by others, and had not when the call was planned.</summary>
    private Dispatched NotAsked(Deployment target)
    {
        var now = time.GetUtcNow().UtcTicks;
        var rest = target.Health.RestLeft(now);
        target.Health.Breaker.IsOpen(now, out var opensIn);
        var failure = rest > opensIn && target.Health.RestReason is { } reason ? reason : target.Health.Breaker.LastFailure;
        return new Dispatched(null, failure with { RetryAfter = rest > opensIn ? rest : opensIn }, target, Attempts: 0);
    }

    private readonly record struct Asking(Dispatcher Self, AdmittedCall Admitted, TargetQueue Queue, Dispatched? Last, bool IsLast, CancellationToken CallerGone);
}

/// <summary>How the attempts ended: with a reply, with a failure, with a refusal, or with none of them because the caller left.</summary>
internal sealed record Dispatched(UpstreamReply? Reply, UpstreamFailure? Failure, Deployment LastTarget, int Attempts)
{
    /// <summary>What the attempts without a reply may be billed for, each at the price of its own target.</summary>
    public IReadOnlyList<BilledAttempt> Used { get; init; } = [];

    /// <summary>The request cannot be said in the last target's wire.</summary>
    public CallerErrorException? Refusal { get; init; }

    /// <summary>Why the last target was asked; null where none was.</summary>
    public string? RouteReason { get; init; }
}
