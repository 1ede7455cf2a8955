using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Tollgate.Caching;
using Tollgate.Errors;
using Tollgate.Tables;

namespace Tollgate.Tenants;

/// <summary>
/// The tenants of the tables <c>Keys</c> and <c>Tenants</c>, which people and the gateway's operators change while it runs.
/// An uncached key takes two point reads; a known one none, and no memory.
/// </summary>
internal sealed partial class TableTenants : ITenantDirectory
{
    /// <summary>A change is seen by the second call after <see cref="Terms.Fresh"/>, at the latest by the first after <see cref="Terms.Stale"/>.</summary>
    private static readonly Terms Found = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromHours(1));

    private static readonly Terms NotFound = Found with { Keep = TimeSpan.FromSeconds(10) };

    private readonly TableAccount account;
    private readonly TimeProvider time;
    private readonly ILogger<TableTenants> logger;
    private readonly FreshCache<KeyHash, TableKey?> keys;
    private readonly FreshCache<string, Tenant?> tenants;
    private readonly Lock reporting = new();
    private long? reportedAt;

    /// <param name="account">Where the tables are.</param>
    /// <param name="time">The clock of cache and expiry.</param>
    /// <param name="logger">Told of bad rows and outages.</param>
    /// <param name="capacity">Most keys kept, known or not; unknown ones go first.</param>
    public TableTenants(TableAccount account, TimeProvider time, ILogger<TableTenants> logger, int capacity = 20_000)
    {
        (this.account, this.time, this.logger) = (account, time, logger);
        keys = new(ReadKeyAsync, capacity, time);
        tenants = new(ReadTenantAsync, capacity, time);
    }

    /// <summary>The caller; null when the key or its tenant is unknown, disabled or expired.</summary>
    /// <exception cref="CallerErrorException">403: a row of theirs cannot be understood. 503: nothing is known of them and the tables cannot be read.</exception>
    public async ValueTask<Caller?> FindAsync(KeyHash key, CancellationToken cancellationToken)
    {
        if (await keys.GetAsync(key, cancellationToken) is not { } held || held.Expires <= time.GetUtcNow())
        {
            return null;
        }
        var tenant = ReferenceEquals(held, TableKey.Unusable) ? TableTenant.Unusable : await tenants.GetAsync(held.Tenant, cancellationToken);
        if (ReferenceEquals(tenant, TableTenant.Unusable))
        {
            throw new CallerErrorException(403, "This key's account is not set up correctly; the gateway's operator has to look into it.", code: "tenant_misconfigured", type: ErrorTypes.Permission);
        }
        return tenant is null ? null : held.CallerOf(tenant);
    }

    private async Task<Read<TableKey?>> ReadKeyAsync(KeyHash hash)
    {
        var hex = hash.ToHex();
        return await ReadAsync(TableKey.Table, hex[..2], hex) is { } row
            ? new(Checked(TableKey.Table, row, TableKey.Read(row, out var problems), problems), Found)
            : new(null, NotFound);
    }

    private async Task<Read<Tenant?>> ReadTenantAsync(string id) => await ReadAsync(TableTenant.Table, id, TableTenant.RowKey) is { } row
        ? new(Checked(TableTenant.Table, row, TableTenant.Read(row, out var problems), problems), Found)
        : new(null, NotFound);

    private async Task<TableEntity?> ReadAsync(string table, string partition, string row)
    {
        try
        {
            return await account.FindRowAsync(table, partition, row);
        }
        catch (TableUnavailableException outage)
        {
            Report(outage);
            throw new CallerErrorException(
                503, "The gateway cannot look up API keys at the moment; try again shortly.",
                code: "tenant_directory_unavailable", type: ErrorTypes.Server, retryAfter: FreshCache<KeyHash, TableKey?>.Pause);
        }
    }

    private T? Checked<T>(string table, TableEntity row, T? value, IReadOnlyList<string> problems)
        where T : class
    {
        if (value is not null && problems.Count > 0)
        {
            LogBadRow(logger, table, row.PartitionKey, row.RowKey, string.Join(" ", problems));
        }
        return value;
    }

    /// <summary>An outage fails the reads of many keys; one line in each pause is enough.</summary>
    private void Report(TableUnavailableException outage)
    {
        lock (reporting)
        {
            if (reportedAt is { } last && time.GetElapsedTime(last) < FreshCache<KeyHash, TableKey?>.Pause)
            {
                return;
            }
            reportedAt = time.GetTimestamp();
        }
        LogOutage(logger, outage.Message);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Table '{Table}', PartitionKey '{Partition}', RowKey '{Row}' cannot be used, and calls it stands for are refused: {Problems}")]
    private static partial void LogBadRow(ILogger logger, string table, string partition, string row, string problems);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenants cannot be read; those read within the last hour go on. {Problem}")]
    private static partial void LogOutage(ILogger logger, string problem);
}
