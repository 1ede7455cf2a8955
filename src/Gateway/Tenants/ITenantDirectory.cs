namespace Tollgate.Tenants;

/// <summary>Knows whose a key is.</summary>
internal interface ITenantDirectory
{
    /// <summary>The caller a key belongs to; null when it belongs to none.</summary>
    ValueTask<Caller?> FindAsync(KeyHash key, CancellationToken cancellationToken);
}
