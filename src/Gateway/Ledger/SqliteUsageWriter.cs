using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tollgate.Ledger;

/// <summary>Writes rows to a SQLite file, which takes one writer at a time.</summary>
internal sealed class SqliteUsageWriter : IUsageWriter, IDisposable
{
    private readonly SqliteConnection connection;

    /// <param name="connection">An open one, closed with this.</param>
    public SqliteUsageWriter(SqliteConnection connection)
    {
        this.connection = connection;

        // Seconds that a write waits for another process that holds the file. Short: a failed write is tried again all the same.
        connection.DefaultTimeout = 1;
    }

    public int BatchRows => 2_000;

    public int Parallel => 1;

    public int ParallelOfPartition => 1;

    public string PartitionOf(OpenedCall call) => "";

    public Task<IReadOnlyList<int>> WriteAsync(IReadOnlyList<UsageWrite> rows, CancellationToken cancellationToken)
    {
        UsageTable.Write(connection, rows);
        return Task.FromResult<IReadOnlyList<int>>([]);
    }

    public string Explain(Exception failed) => failed is SqliteException refused
        ? string.Create(CultureInfo.InvariantCulture, $"The usage file cannot be written (SQLite error {refused.SqliteErrorCode}).")
        : $"The usage file cannot be written ({failed.GetType().Name}).";

    public void Dispose() => connection.Dispose();
}
