using Tollgate.Admission;
using Tollgate.Errors;
using Tollgate.Ledger;
using Tollgate.Routing;

namespace Tollgate.Upstream;

/// <summary>
/// Steps five to seven: asks the planned deployments in turn until one has begun to answer. Only before the first output:
/// afterwards an answer is its upstream's alone.
/// </summary>
internal sealed class Dispatcher(Attempt attempt, TimeProvider time)
{
    /// <summary>Upstream requests for one call, over all targets.</summary>
    public const int MostAttempts = 4;

    /// <summary>A longer <c>Retry-After</c> is the caller's to wait.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks until one begins to answer or there is none left to ask.</summary>
    public async Task<Dispatched> SendAsync(AdmittedCall admitted, CancellationToken callerGone)
    {
        var queue = new TargetQueue(admitted.Targets);
        Dispatched? last = null;
        IReadOnlyList<BilledAttempt> used = [];
        while (true)
        {
            var target = queue.Current;
            var attempts = (last?.Attempts ?? 0) + 1;
            try
            {
                var result = await attempt.SendAsync(admitted, target, queue.Credential, last, callerGone);
                if (result.Reply is { } reply)
                {
                    (reply.Attempts, reply.Earlier) = (attempts, used);
                    return new Dispatched(reply, null, target, attempts) { Used = used };
                }
                used = result.Used is { } billed ? [.. used, billed] : used;
                last = new Dispatched(null, result.Failure, target, attempts) { Used = used };
                if (result.Failure is not { } failure)
                {
                    return last;
                }
                var renewed = await queue.Credential.NoteAsync(failure, callerGone);
                NoteRest(target, failure);
                if (attempts == MostAttempts || (!renewed && !await NextAsync(queue, failure, callerGone)))
                {
                    return last;
                }
            }
            catch (CallerErrorException refused)
            {
                // Thrown before the request goes out: that target was not asked. Another one's wire may be able to say it.
                if (!queue.NextTarget())
                {
                    return last ?? new Dispatched(null, null, target, Attempts: 0) { Refusal = refused };
                }
            }
            catch (Exception gone) when (callerGone.IsCancellationRequested && UpstreamErrors.IsBroken(gone))
            {
                return new Dispatched(null, null, target, attempts) { Used = used };
            }
        }
    }

    /// <summary>A rate limit is one credential's: the target rests when no other is left.</summary>
    private void NoteRest(Deployment target, UpstreamFailure failure)
    {
        if (failure is { RetryAfter: { } rest, Kind: FailureKind.RateLimited or FailureKind.Overloaded } && (failure.Kind == FailureKind.Overloaded || target.Credentials.AllRest))
        {
            target.Health.Rest(time.GetUtcNow() + rest);
        }
    }

    /// <summary>Moves on to where the call may be tried next, after a pause if it is the same place.</summary>
    private async ValueTask<bool> NextAsync(TargetQueue queue, UpstreamFailure failure, CancellationToken callerGone)
    {
        var retry = failure.ShouldRetry switch
        {
            true when FailureTable.Retry(failure.Kind) == RetryScope.None => RetryScope.Anywhere,
            false when FailureTable.Retry(failure.Kind) == RetryScope.Anywhere => RetryScope.OtherTarget,
            _ => FailureTable.Retry(failure.Kind),
        };
        switch (retry)
        {
            case RetryScope.None:
                return false;
            case RetryScope.OtherCredential:
                return queue.Credential.Next() || queue.NextTarget() || queue.Credential.NextAnyway();
            case RetryScope.LargerContext:
                return queue.NextLarger();
            case RetryScope.OtherTarget:
                return queue.NextTarget();
        }
        if (queue.NextTarget() || (failure.Kind == FailureKind.RateLimited && queue.Credential.Next()))
        {
            return true;
        }
        var pause = failure.RetryAfter ?? FirstPause + TimeSpan.FromMilliseconds(Random.Shared.Next(200));
        if (pause > LongestWait || !queue.Again())
        {
            return false;
        }
        await Task.Delay(pause, time, callerGone);
        return true;
    }
}

/// <summary>How the attempts ended: with a reply, with a failure, with a refusal, or with none of them because the caller left.</summary>
internal sealed record Dispatched(UpstreamReply? Reply, UpstreamFailure? Failure, Deployment LastTarget, int Attempts)
{
    /// <summary>What the attempts without a reply may be billed for, each at the price of its own target.</summary>
    public IReadOnlyList<BilledAttempt> Used { get; init; } = [];

    /// <summary>The request cannot be said in the last target's wire.</summary>
    public CallerErrorException? Refusal { get; init; }
}
