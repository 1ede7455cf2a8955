using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Tollgate.Ledger;

/// <summary>The ledger in one SQLite file, for LocalHost. One writer; a row is inserted when it is opened and replaced when it is settled.</summary>
internal sealed partial class SqliteUsageLedger : IUsageLedger
{
    /// <summary>Calls whose row is not yet on disk; beyond this new calls are refused.</summary>
    private const int MostPending = 100_000;

    private const int BatchRows = 2_000;

    /// <summary>Calls shorter than this cost one write in place of two.</summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Channel<Entry> queue = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly string connectionString;
    private readonly TimeProvider time;
    private readonly ILogger<SqliteUsageLedger> logger;
    private readonly Task writing;
    private TaskCompletionSource hurry = NewSignal();
    private int pending;

    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
    public SqliteUsageLedger(string path, TimeProvider time, ILogger<SqliteUsageLedger> logger)
    {
        connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString();
        this.time = time;
        this.logger = logger;
        using (var connection = Open())
        {
            UsageTable.Create(connection);
        }
        writing = Task.Run(WriteAsync);
    }

    public string? Problem { get; private set; }

    public bool TryOpen(OpenedCall call)
    {
        if (Interlocked.Increment(ref pending) > MostPending)
        {
            Interlocked.Decrement(ref pending);
            return false;
        }
        queue.Writer.TryWrite(new Entry(call, null, null));
        return true;
    }

    public void Settle(SettledCall settled)
    {
        settled.Call.MarkSettled();
        queue.Writer.TryWrite(new Entry(settled.Call, settled, null));
    }

    public async ValueTask<IReadOnlyList<UsageTotal>> ReadAsync(string tenant, string? key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        using var connection = Open();
        return UsageTable.Sum(connection, tenant, key, from, to);
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        Volatile.Read(ref hurry).TrySetResult();
        await writing;
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        var written = NewSignal();
        if (queue.Writer.TryWrite(new Entry(null, null, written)))
        {
            Volatile.Read(ref hurry).TrySetResult();
            await written.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task WriteAsync()
    {
        var batch = new List<Entry>(BatchRows);
        using var connection = Open();
        var more = false;
        while (await queue.Reader.WaitToReadAsync())
        {
            // A full batch leaves others behind it that have waited long enough: a reader, or the end of the process.
            if (!more)
            {
                await Task.WhenAny(Task.Delay(BatchDelay, time), hurry.Task);
                Interlocked.Exchange(ref hurry, NewSignal());
            }
            while (batch.Count < BatchRows && queue.Reader.TryRead(out var entry))
            {
                batch.Add(entry);
            }
            more = batch.Count == BatchRows;
            await WriteUntilDoneAsync(connection, batch);
            batch.Clear();
        }
    }

    private async Task WriteUntilDoneAsync(SqliteConnection connection, List<Entry> batch)
    {
        while (true)
        {
            try
            {
                UsageTable.Write(connection, batch.Where(entry => entry.Call is not null && (entry.Settled is not null || !entry.Call.IsSettled)).Select(entry => (entry.Call!, entry.Settled)));
                Problem = null;
                break;
            }
            catch (SqliteException failed)
            {
                Problem = string.Create(CultureInfo.InvariantCulture, $"the usage file cannot be written (SQLite error {failed.SqliteErrorCode})");
                LogWriteFailed(logger, failed.SqliteErrorCode, batch.Count);
                await Task.Delay(RetryDelay, time);
            }
        }
        foreach (var entry in batch)
        {
            entry.Written?.TrySetResult();
            if (entry.Settled is not null)
            {
                Interlocked.Decrement(ref pending);
            }
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Error, Message = "The usage file cannot be written (SQLite error {Code}); {Rows} rows wait and are tried again.")]
    private static partial void LogWriteFailed(ILogger logger, int code, int rows);

    /// <param name="Call">The row; null for a flush.</param>
    /// <param name="Settled">How it ended; null when it is opened.</param>
    /// <param name="Written">Told when all before it is written.</param>
    private readonly record struct Entry(OpenedCall? Call, SettledCall? Settled, TaskCompletionSource? Written);
}
