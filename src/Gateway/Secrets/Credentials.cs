namespace Tollgate.Secrets;

/// <summary>All stores of credentials: a reference's scheme says which one is asked.</summary>
internal sealed class Credentials(IEnumerable<ICredentialStore> stores)
{
    private readonly ICredentialStore[] stores = [.. stores];

    /// <inheritdoc cref="ICredentialStore.FindAsync"/>
    public ValueTask<Secret> FindAsync(string reference, CancellationToken cancellationToken) => StoreOf(reference).FindAsync(reference, cancellationToken);

    /// <inheritdoc cref="ICredentialStore.RereadAsync"/>
    public ValueTask<Secret> RereadAsync(string reference, CancellationToken cancellationToken) => StoreOf(reference).RereadAsync(reference, cancellationToken);

    /// <summary>The configuration was checked: another scheme is a mistake of ours.</summary>
    private ICredentialStore StoreOf(string reference)
    {
        foreach (var store in stores)
        {
            if (reference.StartsWith(store.Scheme, StringComparison.Ordinal))
            {
                return store;
            }
        }
        throw new InvalidOperationException("A credential's reference has a scheme that no store is there for.");
    }
}
