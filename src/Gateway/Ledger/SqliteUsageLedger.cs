using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Tollgate.Errors;
using Tollgate.Ledger.Reading;
using Tollgate.Ledger.Rerating;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Ledger;

/// <summary>
/// The ledger in one SQLite file, for LocalHost. A call that is opened is kept in <see cref="CallsUnderWay"/> until it has ended, and has its row
/// from then on, or from when rows are asked for that may be open. All of it outlives the process, but the last of it not a loss of power: files are
/// synced to the disk only now and then.
/// </summary>
internal sealed partial class SqliteUsageLedger : IUsageLedger, IUsageRollups, IUsageRerating
{
    private readonly string connectionString;
    private readonly ILogger logger;
    private readonly CallsUnderWay underWay;
    private readonly SqliteUsageWriter writer;
    private readonly WriteBehind behind;

    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
    /// <exception cref="IOException">The file of calls under way cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public SqliteUsageLedger(string path, TimeProvider time, ILogger<SqliteUsageLedger> logger, int capacity = WriteBehind.MostRows)
    {
        this.logger = logger;
        connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();
        using (var connection = Open())
        {
            UsageTable.Create(connection);
            CallsUnderWay.Recover(path, left => UsageTable.Write(connection, [.. left.Select(call => new UsageWrite(call, Settled: null))]));
        }
        underWay = new CallsUnderWay(path);
        writer = new SqliteUsageWriter(Open(), underWay);
        behind = new WriteBehind(writer, time, logger, capacity);
    }

    public string? Problem => behind.Problem;

    public ValueTask<bool> OpenAsync(OpenedCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return behind.IsWell && underWay.TryAdd(call) ? ValueTask.FromResult(true) : behind.OpenAsync(call, cancellationToken);
    }

    public void Settle(SettledCall settled) => behind.Settle(settled);

    public async ValueTask ReadAsync(UsageQuery query, UsageGroups groups, CancellationToken cancellationToken)
    {
        await behind.WaitForSettledAsync(query.Tenant, cancellationToken);
        Try(connection =>
        {
            SqliteUsageReader.Read(connection, query, groups);
            return true;
        });
    }

    public ValueTask<IReadOnlyList<string>> TenantsAsync(string? after, int most, CancellationToken cancellationToken)
    {
        var begin = after is null ? "" : UsagePartition.PrefixOf(after);
        return ValueTask.FromResult<IReadOnlyList<string>>([.. Try(SqliteUsageReader.Tenants)
            .Select(tenant => (Id: tenant, Prefix: UsagePartition.PrefixOf(tenant)))
            .Where(tenant => string.CompareOrdinal(tenant.Prefix, begin) > 0)
            .OrderBy(tenant => tenant.Prefix, StringComparer.Ordinal)
            .Take(most)
            .Select(tenant => tenant.Id)]);
    }

    public async ValueTask<IReadOnlyList<LeaseUse>> ReadLeaseAsync(string tenant, string leaseId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await behind.WaitForSettledAsync(tenant, cancellationToken);
        return Try(connection =>
        {
            WriteUnderWay(connection);
            return UsageTable.ReadLease(connection, tenant, leaseId, since);
        });
    }

    public ValueTask<int> ReconcileAsync(DateTimeOffset olderThan, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Try(connection =>
        {
            WriteUnderWay(connection);
            return UsageTable.Reconcile(connection, olderThan);
        }));

    public ValueTask<int> RollUpAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Try(connection => SqliteUsageRollups.RollUp(connection, now, cancellationToken)));

    public ValueTask<int> RebuildAsync(string? tenant, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (first, last) = UsageDay.Touched(from, to, now);
        return ValueTask.FromResult(Try(connection => SqliteUsageRollups.Rebuild(connection, tenant, first, last, now, cancellationToken)));
    }

    public ValueTask<int> DeleteAsync(UsageRetention retention, DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Try(connection => SqliteUsageRollups.Delete(connection, retention, now, most, cancellationToken)));

    public ValueTask<IReadOnlyList<TenantRerate>> RerateAsync(RerateRequest request, Rater rater, DateTimeOffset now, IProgress<long>? looked, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Try(connection => SqliteRerating.Run(connection, request, rater, now, looked, cancellationToken)));

    /// <summary>Makes rows of the calls under way that have none.</summary>
    /// <exception cref="CallerErrorException">503: the rows cannot be written.</exception>
    public void WriteUnderWay() => Try(connection =>
    {
        WriteUnderWay(connection);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        await behind.DisposeAsync();
        writer.Dispose();
        try
        {
            WriteUnderWay();
        }
        catch (CallerErrorException)
        {
            // Logged. What is left in the file becomes rows when the next process starts.
        }
        underWay.Dispose();
    }

    private void WriteUnderWay(SqliteConnection connection)
    {
        var calls = underWay.Snapshot();
        if (calls.Count == 0)
        {
            return;
        }
        UsageTable.Write(connection, [.. calls.Select(call => new UsageWrite(call, Settled: null))]);
        underWay.Remove(calls);
    }

    private T Try<T>(Func<SqliteConnection, T> act)
    {
        try
        {
            using var connection = Open();
            return act(connection);
        }
        catch (SqliteException failed)
        {
            LogFailed(logger, failed.SqliteErrorCode);
            throw LedgerErrors.CannotRead();
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The usage file cannot be used (SQLite error {Code}).")]
    private static partial void LogFailed(ILogger logger, int code);
}
