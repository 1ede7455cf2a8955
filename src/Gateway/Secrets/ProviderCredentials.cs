namespace Tollgate.Secrets;

/// <summary>A provider's credentials, used in turn by the calls to all its deployments. Empty where it uses the host's own identity or none. Thread-safe, without locks.</summary>
internal sealed class ProviderCredentials(IReadOnlyList<ProviderCredential> all)
{
    private int last = -1;

    public IReadOnlyList<ProviderCredential> All => all;

    public bool AllRest => all.All(credential => credential.IsResting);

    /// <summary>Whose turn it is, those that rest left out; when all do, the next all the same.</summary>
    public ProviderCredential? Take()
    {
        if (all.Count <= 1)
        {
            return all.Count == 0 ? null : all[0];
        }
        for (var i = 0; i < all.Count; i++)
        {
            if (Next() is { IsResting: false } credential)
            {
                return credential;
            }
        }
        // Other calls may have taken the turns in between.
        return all.FirstOrDefault(credential => !credential.IsResting) ?? Next();
    }

    private ProviderCredential Next() => all[(int)((uint)Interlocked.Increment(ref last) % (uint)all.Count)];
}
