using Tollgate.Errors;

namespace Tollgate.Ledger.Rerating;

/// <summary>
/// Rates calls again by the price book as it is now. A row keeps its first cost and price list; rating it twice is as good as once, and a run that was
/// broken off is gone on with by another.
/// </summary>
internal interface IUsageRerating
{
    /// <summary>Rates calls again, tenant by tenant and day by day. Days whose rows change are summed up again.</summary>
    /// <param name="request">Which, and whether to write.</param>
    /// <param name="rater">Says what they cost now.</param>
    /// <param name="now">The time it is.</param>
    /// <param name="looked">Told how many calls were looked at so far, now and then.</param>
    /// <param name="cancellationToken">Ends it; what is done stays done.</param>
    /// <returns>What it came to for each tenant that has calls.</returns>
    /// <exception cref="CallerErrorException">503: rows cannot be read or written. What is done stays done.</exception>
    ValueTask<IReadOnlyList<TenantRerate>> RerateAsync(RerateRequest request, Rater rater, DateTimeOffset now, IProgress<long>? looked, CancellationToken cancellationToken);
}
