using Tollgate.Errors;

namespace Tollgate.Providers;

/// <summary>
/// The circumstances of one translated request and the report of what it had to drop or change.
/// In strict mode nothing is dropped: the first report becomes a 400 that names the parameter.
/// </summary>
internal sealed class Translation(bool strict, bool stream, string tenant)
{
    private readonly List<string> dropped = [];

    private HashSet<string>? known;

    /// <summary>The answer is to be streamed.</summary>
    public bool Stream { get; } = stream;

    /// <summary>Salt for hashed end-user ids, so that two tenants' users cannot be told to be one.</summary>
    public string Tenant { get; } = tenant;

    /// <summary>Parameters dropped or changed, in the order they were met, each once.</summary>
    public IReadOnlyList<string> Dropped => dropped;

    /// <summary>Upper bound for the output in tokens that the budget sets, below whatever the caller asked; null for none.</summary>
    public long? OutputCap { get; init; }

    /// <summary>Reports that <paramref name="param"/> was dropped or changed.</summary>
    /// <exception cref="CallerErrorException">In strict mode.</exception>
    public void Drop(string param, string why)
    {
        if (strict)
        {
            throw CallerErrorException.Unsupported(param, why);
        }
        if ((known ??= new HashSet<string>(StringComparer.Ordinal)).Add(param))
        {
            dropped.Add(param);
        }
    }
}
