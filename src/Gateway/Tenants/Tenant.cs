using Tollgate.Admission;

namespace Tollgate.Tenants;

/// <summary>Who is billed. Immutable.</summary>
internal sealed record Tenant(string Id)
{
    public IReadOnlyList<Limit> Limits { get; init; } = [];

    /// <summary>Models it may use; null: all.</summary>
    public IReadOnlySet<string>? Models { get; init; }

    /// <summary>Regions its calls may go to; null: all. Binds failover too.</summary>
    public IReadOnlySet<string>? Regions { get; init; }

    /// <summary>Every dropped parameter is a 400.</summary>
    public bool Strict { get; init; }

    public bool MayUse(string model) => Models?.Contains(model) != false;

    public bool MayReach(string region) => Regions?.Contains(region) != false;
}

/// <summary>Whose call it is.</summary>
/// <param name="Tenant">Who pays.</param>
/// <param name="Key">The name of the key, never its secret.</param>
internal sealed record Caller(Tenant Tenant, string Key);
