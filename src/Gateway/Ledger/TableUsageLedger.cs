using Microsoft.Extensions.Logging;
using Tollgate.Ledger.Reading;
using Tollgate.Ledger.Rerating;
using Tollgate.Ledger.Rollups;
using Tollgate.Tables;

namespace Tollgate.Ledger;

/// <summary>The ledger in table <c>Usage</c>, which all instances share. The table is made when it is missing.</summary>
internal sealed partial class TableUsageLedger(TableAccount account, TimeProvider time, ILogger<TableUsageLedger> logger, int capacity = WriteBehind.MostRows) : IUsageLedger, IUsageRollups, IUsageRerating
{
    private readonly WriteBehind behind = new(new TableUsageWriter(account, new LateRows(account, time)), time, logger, capacity);
    private readonly TableUsageReader reader = new(account);
    private readonly TableUsageRollups rollups = new(account);

    public string? Problem => behind.Problem;

    public ValueTask<bool> OpenAsync(OpenedCall call, CancellationToken cancellationToken) => behind.OpenAsync(call, cancellationToken);

    public void Settle(SettledCall settled) => behind.Settle(settled);

    public async ValueTask ReadAsync(UsageQuery query, UsageGroups groups, CancellationToken cancellationToken) => await ReadAsync(
        query.Tenant,
        async () =>
        {
            await reader.ReadAsync(query, groups, cancellationToken);
            return true;
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<string>> TenantsAsync(string? after, int most, CancellationToken cancellationToken) =>
        TryAsync(() => reader.TenantsAsync(after, most, cancellationToken));

    public ValueTask<IReadOnlyList<LeaseUse>> ReadLeaseAsync(string tenant, string leaseId, DateTimeOffset since, CancellationToken cancellationToken) =>
        ReadAsync(tenant, () => reader.ReadLeaseAsync(tenant, leaseId, since, cancellationToken), cancellationToken);

    public ValueTask<int> ReconcileAsync(DateTimeOffset olderThan, CancellationToken cancellationToken) =>
        TryAsync(() => new TableUsageReconciler(account, new LateRows(account, time)).RunAsync(olderThan, cancellationToken));

    public ValueTask<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) => TryAsync(() => rollups.RollUpAsync(now, cancellationToken));

    public ValueTask<int> RebuildAsync(string? tenant, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (first, last) = UsageDay.Touched(from, to, now);
        return TryAsync(() => rollups.RebuildAsync(tenant, first, last, now, cancellationToken));
    }

    public ValueTask<int> DeleteAsync(UsageRetention retention, DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        TryAsync(() => new TableRetention(account, rollups).RunAsync(retention, now, most, cancellationToken));

    public ValueTask<IReadOnlyList<TenantRerate>> RerateAsync(RerateRequest request, Rater rater, DateTimeOffset now, IProgress<long>? looked, CancellationToken cancellationToken) =>
        TryAsync(() => new TableRerating(account, rollups, new LateRows(account, time)).RunAsync(request, rater, now, looked, cancellationToken));

    public ValueTask DisposeAsync() => behind.DisposeAsync();

    private async ValueTask<T> ReadAsync<T>(string tenant, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        await behind.WaitForSettledAsync(tenant, cancellationToken);
        return await TryAsync(read);
    }

    private async ValueTask<T> TryAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (TableUnavailableException outage)
        {
            LogCannotRead(logger, outage.Message);
            throw LedgerErrors.CannotRead();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Usage cannot be read. {Problem}")]
    private static partial void LogCannotRead(ILogger logger, string problem);
}
