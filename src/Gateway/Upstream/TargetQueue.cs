using Tollgate.Routing;

namespace Tollgate.Upstream;

/// <summary>Where in its plan a call stands.</summary>
internal sealed class TargetQueue(IReadOnlyList<Deployment> targets)
{
    private int target;
    private int credential;
    private bool again;

    public Deployment Current => targets[target];

    /// <summary>Reference to the credential in use; null where the deployment has none.</summary>
    public string? Credential => Current.Credentials.Count > 0 ? Current.Credentials[credential] : null;

    public bool NextTarget() => MoveTo(target + 1);

    public bool NextCredential()
    {
        if (credential + 1 >= Current.Credentials.Count)
        {
            return false;
        }
        credential++;
        return true;
    }

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
        credential = 0;
        again = false;
        return true;
    }
}
