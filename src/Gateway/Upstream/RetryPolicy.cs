using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Routing;

namespace Tollgate.Upstream;

/// <summary>Where a call goes after a failure, and how long it waits before: table E of the wire rules.</summary>
internal sealed class RetryPolicy(TimeProvider time, Random random)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a rate-limited target rests that did not say.</summary>
    private static readonly TimeSpan Unsaid = TimeSpan.FromSeconds(1);

    /// <summary>A rate limit is one credential's: the target rests when no other is left.</summary>
    public static void NoteRest(Deployment target, UpstreamFailure failure)
    {
        var rest = failure.Kind switch
        {
            FailureKind.RateLimited when target.Credentials.AllRest => failure.RetryAfter ?? Unsaid,
            FailureKind.Overloaded => failure.RetryAfter,
            _ => null,
        };
        if (rest is { } length)
        {
            target.Health.Rest(failure, length);
        }
    }

    /// <summary>Sees to it that the current target does not rest: goes on to the next one, or waits where there is none and it is short.</summary>
    /// <returns>False where neither is possible.</returns>
    public async ValueTask<bool> WaitForRestAsync(TargetQueue queue, IncomingCall call, CancellationToken callerGone)
    {
        while (true)
        {
            var rest = queue.IgnoresRest ? TimeSpan.Zero : queue.Current.Health.RestLeft(time.GetUtcNow().UtcTicks);
            if (rest <= TimeSpan.Zero || queue.NextTarget())
            {
                return true;
            }
            if (!await WaitAsync(queue, call, rest, callerGone))
            {
                return false;
            }
        }
    }

    /// <summary>Moves on to where the call may be tried next, after a pause if it is the same place.</summary>
    /// <param name="queue">Where the call stands.</param>
    /// <param name="call">The call.</param>
    /// <param name="failure">How the attempt ended.</param>
    /// <param name="attempts">How many have been made.</param>
    /// <param name="callerGone">The caller's leaving.</param>
    /// <returns>False where there is no such place.</returns>
    public async ValueTask<bool> NextAsync(TargetQueue queue, IncomingCall call, UpstreamFailure failure, int attempts, CancellationToken callerGone)
    {
        var scope = ScopeOf(failure);
        switch (scope)
        {
            case RetryScope.None:
                return false;
            case RetryScope.OtherProvider:
                return call.Caller.Tenant.FiltersElsewhere && queue.NextProvider();
            case RetryScope.OtherCredential:
                return queue.Credential.Next() || queue.NextTarget() || queue.Credential.NextAnyway();
            case RetryScope.LargerContext:
                return queue.NextLarger();
            case RetryScope.OtherTarget:
                return queue.NextTarget() || await LaterAsync(queue, call, callerGone);
        }
        var isLimit = failure.Kind == FailureKind.RateLimited;
        if (IsForTheSame(queue.Current, failure, scope, attempts) && ((isLimit && queue.Credential.Next()) || await PauseAsync(queue, call, failure, attempts, callerGone)))
        {
            return true;
        }
        return queue.NextTarget() || (isLimit && queue.Credential.Next()) || await PauseAsync(queue, call, failure, attempts, callerGone) || await LaterAsync(queue, call, callerGone);
    }

    private static RetryScope ScopeOf(UpstreamFailure failure) => (failure.ShouldRetry, FailureTable.Retry(failure.Kind)) switch
    {
        (true, RetryScope.None) => RetryScope.Anywhere,
        (false, RetryScope.Anywhere or RetryScope.SameFirst) => RetryScope.OtherTarget,
        (_, var scope) => scope,
    };

    /// <summary>
    /// The same target is worth another attempt before any other: it said when, and that is soon, so that its prompt cache is still warm; or it
    /// failed this once, where others' calls have not failed too.
    /// </summary>
    private static bool IsForTheSame(Deployment target, UpstreamFailure failure, RetryScope scope, int attempts) =>
        failure.RetryAfter is { } asked
            ? asked <= Router.LongestWait
            : scope == RetryScope.SameFirst && attempts == 1 && target.Health.Breaker.FailuresInARow <= 1;

    /// <summary>Nobody can be asked now: waits for the next target that rests, or whose breaker is open, where that is short.</summary>
    private async ValueTask<bool> LaterAsync(TargetQueue queue, IncomingCall call, CancellationToken callerGone) =>
        queue.Soonest is { } soon && await WaitAsync(queue, call, soon, callerGone) && queue.NextTarget();

    /// <summary>Waits for a target, all such waits of a call together no longer than <see cref="Router.LongestWait"/>.</summary>
    private async ValueTask<bool> WaitAsync(TargetQueue queue, IncomingCall call, TimeSpan length, CancellationToken callerGone)
    {
        if (queue.Waited + length > Router.LongestWait || length >= call.TimeLeft(time))
        {
            return false;
        }
        queue.Waited += length;
        await Task.Delay(length, time, callerGone);
        return true;
    }

    /// <summary>Waits before the same target is asked once more: as long as it said, else longer each time, by lot.</summary>
    private async ValueTask<bool> PauseAsync(TargetQueue queue, IncomingCall call, UpstreamFailure failure, int attempts, CancellationToken callerGone)
    {
        var pause = failure.RetryAfter ?? FirstPause * ((1 << (attempts - 1)) * (1 + random.NextDouble()));
        if (pause > Router.LongestWait || pause >= call.TimeLeft(time) || queue.Current.Health.Breaker.IsOpen(time.GetUtcNow().UtcTicks, out _) || !queue.Again())
        {
            return false;
        }
        await Task.Delay(pause, time, callerGone);
        return true;
    }
}
