using Tollgate.Routing;
using Tollgate.Secrets;

namespace Tollgate.Upstream;

/// <summary>Where in its plan a call stands.</summary>
internal sealed class TargetQueue(IReadOnlyList<Deployment> targets)
{
    private int target;
    private bool again;

    public Deployment Current => targets[target];

    /// <summary>The credential in use at the current target.</summary>
    public CredentialTurn Credential { get; private set; } = new(targets[0].Credentials);

    public bool NextTarget() => MoveTo(target + 1);

    /// <summary>The next target whose context window is larger than the current one's.</summary>
    public bool NextLarger()
    {
        var next = target + 1;
        while (next < targets.Count && targets[next].Profile.ContextWindow <= Current.Profile.ContextWindow)
        {
            next++;
        }
        return MoveTo(next);
    }

    /// <summary>The current target once more: granted a single time.</summary>
    public bool Again()
    {
        var granted = !again;
        again = true;
        return granted;
    }

    private bool MoveTo(int next)
    {
        if (next >= targets.Count)
        {
            return false;
        }
        target = next;
        Credential = new CredentialTurn(Current.Credentials);
        again = false;
        return true;
    }
}
