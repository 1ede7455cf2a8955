using Tollgate.Routing;
using Tollgate.Secrets;

namespace Tollgate.Upstream;

/// <summary>Where in its plan a call stands. Targets whose breaker has opened since, or which have asked to be left alone, are passed over.</summary>
internal sealed class TargetQueue(IReadOnlyList<Deployment> targets, TimeProvider time, bool triesRest = false)
{
    private int target;
    private bool again;
    private bool ignoresRest = triesRest;

    public Deployment Current => targets[target];

    /// <summary>The credential in use at the current target.</summary>
    public CredentialTurn Credential { get; private set; } = new(targets[0].Credentials);

    /// <summary>The current target is asked though it may rest: once more after a pause of its own, or to find out whether it still has to.</summary>
    public bool IgnoresRest => again || ignoresRest;

    /// <summary>Another target can be asked.</summary>
    public bool HasNext => Find(static (_, _) => true) < targets.Count;

    /// <summary>A target of another provider can be asked.</summary>
    public bool HasNextProvider => Find(OtherProvider) < targets.Count;

    /// <summary>How long it takes until the first of the targets yet to come can be asked; null where there is none.</summary>
    public TimeSpan? Soonest
    {
        get
        {
            var now = time.GetUtcNow().UtcTicks;
            TimeSpan? soonest = null;
            for (var next = target + 1; next < targets.Count; next++)
            {
                targets[next].Health.Breaker.IsOpen(now, out var opensIn);
                var rest = targets[next].Health.RestLeft(now);
                var left = rest > opensIn ? rest : opensIn;
                soonest = left < soonest || soonest is null ? left : soonest;
            }
            return soonest;
        }
    }

    /// <summary>How long the call has waited for targets.</summary>
    public TimeSpan Waited { get; set; }

    public bool NextTarget() => MoveTo(Find(static (_, _) => true));

    /// <summary>The next target whose context window is larger than the current one's.</summary>
    public bool NextLarger() => MoveTo(Find(static (next, current) => next.Profile.ContextWindow > current.Profile.ContextWindow));

    /// <summary>The next target of another provider.</summary>
    public bool NextProvider() => MoveTo(Find(OtherProvider));

    /// <summary>The current target once more: granted a single time.</summary>
    public bool Again()
    {
        var granted = !again;
        again = true;
        return granted;
    }

    private static bool OtherProvider(Deployment next, Deployment current) => next.Settings.Name != current.Settings.Name;

    private int Find(Func<Deployment, Deployment, bool> isFit)
    {
        var next = target + 1;
        if (next == targets.Count)
        {
            return next;
        }
        var now = time.GetUtcNow().UtcTicks;
        while (next < targets.Count && (!isFit(targets[next], Current) || targets[next].Health.Breaker.IsOpen(now, out _) || targets[next].Health.RestLeft(now) > TimeSpan.Zero))
        {
            next++;
        }
        return next;
    }

    private bool MoveTo(int next)
    {
        if (next >= targets.Count)
        {
            return false;
        }
        target = next;
        Credential = new CredentialTurn(Current.Credentials);
        again = ignoresRest = false;
        return true;
    }
}
