using System.Globalization;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Ledger.Reading;

/// <summary>A page of usage that is asked for.</summary>
/// <param name="From">First moment, by the time of opening.</param>
/// <param name="To">The moment after the last.</param>
/// <param name="By">What it is summed up by.</param>
/// <param name="Most">Most groups of the page.</param>
/// <param name="After">The values of the last page's last group, or only the tenant that is done with; null: the first page.</param>
internal sealed record UsageListing(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<UsageDimension> By, int Most, IReadOnlyList<string?>? After)
{
    /// <summary>The question to one tenant. Where days come first, those before the page's first group need not be read again.</summary>
    public UsageQuery Of(string tenant, string? key)
    {
        var first = By is [UsageDimension.Tenant, ..] ? 1 : 0;
        var from = After?.Count > first && By[first] == UsageDimension.Day ? UsageDay.Start(DateOnly.ParseExact(After[first]!, "yyyy-MM-dd", CultureInfo.InvariantCulture)) : From;
        return new(tenant, key, from > From ? from : From, To, By);
    }

    /// <summary>An empty page to be filled.</summary>
    public UsageGroups Groups() => new(By, Most, After);
}
