namespace Tollgate.Ledger.Reading;

/// <summary>Reads pages of usage, of one tenant or over all of them.</summary>
internal sealed class UsagePages(IUsageLedger ledger)
{
    /// <summary>Tenants read at a time.</summary>
    public const int Parallel = 8;

    /// <summary>Most tenants that a page sorted by tenant looks at, so that many without usage do not keep the caller waiting.</summary>
    public const int MostTenants = 1000;

    /// <summary>A page of one tenant's usage, or of one of its keys'.</summary>
    /// <exception cref="Errors.CallerErrorException">503: the rows cannot be read. 400: they are deleted.</exception>
    public async Task<UsagePage> ReadAsync(string tenant, string? key, UsageListing listing, CancellationToken cancellationToken)
    {
        var groups = listing.Groups();
        await ledger.ReadAsync(listing.Of(tenant, key), groups, cancellationToken);
        return groups.ToPage();
    }

    /// <summary>
    /// A page over all tenants. Sorted by tenant, it reads as many of them as fill it, and comes with a position even when all are read by then;
    /// else it reads all.
    /// </summary>
    /// <exception cref="Errors.CallerErrorException">503: the rows cannot be read. 400: they are deleted.</exception>
    public Task<UsagePage> ReadAllAsync(UsageListing listing, CancellationToken cancellationToken) =>
        listing.By is [UsageDimension.Tenant, ..] ? ReadInTurnAsync(listing, cancellationToken) : ReadTogetherAsync(listing, cancellationToken);

    private async Task<UsagePage> ReadTogetherAsync(UsageListing listing, CancellationToken cancellationToken)
    {
        var groups = listing.Groups();
        string? last = null;
        while (await ledger.TenantsAsync(last, Parallel, cancellationToken) is { Count: > 0 } tenants)
        {
            await Task.WhenAll(tenants.Select(tenant => ledger.ReadAsync(listing.Of(tenant, key: null), groups, cancellationToken).AsTask()));
            last = tenants[^1];
        }
        return groups.ToPage();
    }

    private async Task<UsagePage> ReadInTurnAsync(UsageListing listing, CancellationToken cancellationToken)
    {
        var found = new List<UsageGroup>();
        var last = listing.After?[0];
        var (within, looked) = (listing.After is { Count: > 1 } ? last : null, 0);
        while (looked < MostTenants && found.Count < listing.Most)
        {
            IReadOnlyList<string> tenants = within is null ? await ledger.TenantsAsync(last, Parallel, cancellationToken) : [within];
            if (tenants.Count == 0)
            {
                return new UsagePage(found, Next: null);
            }
            var left = listing with { Most = listing.Most - found.Count, After = within is null ? null : listing.After };
            var pages = await Task.WhenAll(tenants.Select(tenant => ReadAsync(tenant, key: null, left, cancellationToken)));
            foreach (var page in pages)
            {
                var taken = page.Groups.Take(listing.Most - found.Count).ToArray();
                found.AddRange(taken);
                if (page.Next is not null || taken.Length < page.Groups.Count)
                {
                    return new UsagePage(found, found[^1].Values);
                }
            }
            (within, last, looked) = (null, tenants[^1], looked + tenants.Count);
        }
        return new UsagePage(found, [last]);
    }
}
