using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tollgate.Ledger;

/// <summary>Writes rows to a SQLite file, which takes one writer at a time. What is written is under way no more.</summary>
internal sealed class SqliteUsageWriter : IUsageWriter, IDisposable
{
    private readonly SqliteConnection connection;
    private readonly CallsUnderWay underWay;

    /// <param name="connection">An open one, closed with this.</param>
    /// <param name="underWay">The calls that have no row yet.</param>
    public SqliteUsageWriter(SqliteConnection connection, CallsUnderWay underWay)
    {
        (this.connection, this.underWay) = (connection, underWay);

        // Seconds that a write waits for another process that holds the file. Short: a failed write is tried again all the same.
        connection.DefaultTimeout = 1;
    }

    public int BatchRows => 2_000;

    public int Parallel => 1;

    public int ParallelOfPartition => 1;

    /// <summary>A transaction costs as much as ten rows.</summary>
    public TimeSpan Linger => TimeSpan.FromMilliseconds(25);

    public string PartitionOf(OpenedCall call) => "";

    public Task<IReadOnlyList<int>> WriteAsync(IReadOnlyList<UsageWrite> rows, CancellationToken cancellationToken)
    {
        UsageTable.Write(connection, rows);
        underWay.Remove(rows.Select(row => row.Call));
        return Task.FromResult<IReadOnlyList<int>>([]);
    }

    public string Explain(Exception failed) => failed is SqliteException refused
        ? string.Create(CultureInfo.InvariantCulture, $"The usage file cannot be written (SQLite error {refused.SqliteErrorCode}).")
        : $"The usage file cannot be written ({failed.GetType().Name}).";

    public void Dispose() => connection.Dispose();
}
