using Microsoft.Extensions.Logging;
using Tollgate.Telemetry;

namespace Tollgate.Ledger;

/// <summary>
/// Rows on their way to the store. A row is written as soon as a write is free; what arrives while all are busy is written together.
/// One row is never in two writes at a time, and what a failed write held is written again until it is safe.
/// </summary>
internal sealed partial class WriteBehind : IAsyncDisposable
{
    /// <summary>Most rows that wait. Beyond this, calls are refused; settlements of calls that were made still come in.</summary>
    public const int MostRows = 100_000;

    /// <summary>Longest that a call waits for its row.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Longest that a reader waits for what was settled before.</summary>
    public static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(8);

    /// <summary>Longest that the end of the process waits for rows; hosts allow 30 seconds.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(25);

    private readonly Lock gate = new();
    private readonly Dictionary<string, PendingRow> rows = new(StringComparer.Ordinal);
    private readonly WriteLanes lanes;
    private readonly CancellationTokenSource stopping = new();
    private readonly IUsageWriter writer;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly int capacity;
    private TaskCompletionSource? quiet;
    private Task? closing;
    private int workers;

    /// <param name="writer">Where rows go.</param>
    /// <param name="time">The clock of every wait.</param>
    /// <param name="logger">Told of failures and losses.</param>
    /// <param name="capacity">Most rows that wait.</param>
    public WriteBehind(IUsageWriter writer, TimeProvider time, ILogger logger, int capacity = MostRows)
    {
        (this.writer, this.time, this.logger, this.capacity) = (writer, time, logger, capacity);
        lanes = new WriteLanes(writer, time, gate, Start);
    }

    /// <inheritdoc cref="IUsageLedger.Problem"/>
    public string? Problem { get; private set; }

    /// <inheritdoc cref="IUsageLedger.OpenAsync"/>
    public ValueTask<bool> OpenAsync(OpenedCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingRow? row;
        lock (gate)
        {
            if (closing is not null || (!rows.TryGetValue(call.RequestId, out row) && rows.Count >= capacity))
            {
                return ValueTask.FromResult(false);
            }
            row ??= Add(call, settled: null);
            row.Opening ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return WaitAsync(row, cancellationToken);
    }

    /// <inheritdoc cref="IUsageLedger.Settle"/>
    public void Settle(SettledCall settled)
    {
        lock (gate)
        {
            if (stopping.IsCancellationRequested)
            {
                Lose(1);
            }
            else if (rows.TryGetValue(settled.Call.RequestId, out var row))
            {
                row.Settled = settled;
            }
            else
            {
                Add(settled.Call, settled);
            }
        }
    }

    /// <summary>Waits until all that a tenant's calls settled before is written.</summary>
    /// <exception cref="Errors.CallerErrorException">503: it is not within <see cref="ReadPatience"/>.</exception>
    public async Task WaitForSettledAsync(string tenant, CancellationToken cancellationToken)
    {
        List<Task> writing = [];
        lock (gate)
        {
            foreach (var row in rows.Values.Where(row => row.Settled is not null && row.Call.Tenant == tenant))
            {
                row.Written ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                writing.Add(row.Written.Task);
            }
        }
        try
        {
            await Task.WhenAll(writing).WaitAsync(ReadPatience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw LedgerErrors.CannotRead();
        }
    }

    /// <summary>Writes what waits, for at most <see cref="Grace"/>; then says how many rows are lost.</summary>
    public ValueTask DisposeAsync()
    {
        lock (gate)
        {
            return new(closing ??= CloseAsync());
        }
    }

    private async ValueTask<bool> WaitAsync(PendingRow row, CancellationToken cancellationToken)
    {
        var opening = row.Opening!.Task;
        try
        {
            return await opening.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It may have become safe just now: then the call is made after all.
            return !TryAbandon(row, CallStatus.Failed, 503) && await opening;
        }
        catch (OperationCanceledException)
        {
            if (!TryAbandon(row, CallStatus.Disconnected, 499))
            {
                Settle(NotMade(row.Call, CallStatus.Disconnected, 499));
            }
            throw;
        }
    }

    /// <summary>A row that no write has begun is forgotten. Any other may be there already, and must not stay open.</summary>
    /// <returns>False when the row is safe already.</returns>
    private bool TryAbandon(PendingRow row, CallStatus status, int httpStatus)
    {
        lock (gate)
        {
            if (row.Opening!.Task.IsCompleted)
            {
                return false;
            }
            row.Opening.TrySetResult(false);
            if (row.IsTried || row.Settled is not null)
            {
                row.Settled ??= NotMade(row.Call, status, httpStatus);
                return true;
            }
            row.IsDropped = true;
            lanes.Trim(row);
            Remove(row, isSafe: false);
            return true;
        }
    }

    private SettledCall NotMade(OpenedCall call, CallStatus status, int httpStatus) =>
        new(call) { Status = status, HttpStatus = httpStatus, TotalMs = (time.GetUtcNow() - call.OpenedAt).TotalMilliseconds };

    private PendingRow Add(OpenedCall call, SettledCall? settled)
    {
        var row = new PendingRow(call, settled);
        rows.Add(call.RequestId, row);
        lanes.Add(row);
        return row;
    }

    private void Remove(PendingRow row, bool isSafe)
    {
        rows.Remove(row.Call.RequestId);
        row.Finish(isSafe);
        TellIfQuiet();
    }

    /// <summary>Called under the gate when a partition has something to write.</summary>
    private void Start()
    {
        if (workers < writer.Parallel)
        {
            workers++;
            _ = Task.Run(WorkAsync);
        }
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            WriteLane? lane;
            List<PendingRow> batch;
            UsageWrite[] writes;
            lock (gate)
            {
                if (stopping.IsCancellationRequested || !lanes.TryTake(out lane, out batch))
                {
                    workers--;
                    TellIfQuiet();
                    return;
                }
                writes = [.. batch.Select(row => row.Send())];
            }
            try
            {
                var refused = await writer.WriteAsync(writes, stopping.Token);
                Written(lane, batch, refused);
            }
            catch (Exception failed)
            {
                Failed(lane, batch, writer.Explain(failed));
            }
        }
    }

    private void Written(WriteLane lane, List<PendingRow> batch, IReadOnlyList<int> refused)
    {
        lock (gate)
        {
            Problem = null;
            for (var i = 0; i < batch.Count; i++)
            {
                var row = batch[i];
                row.IsWriting = false;
                if (stopping.IsCancellationRequested)
                {
                    continue;
                }
                if (refused.Contains(i))
                {
                    LogRefused(logger, row.Call.RequestId);
                    GatewayMeter.AddLostRows(1, "refused");
                    Remove(row, isSafe: false);
                }
                else if (ReferenceEquals(row.Settled, row.Sent))
                {
                    Remove(row, isSafe: true);
                }
                else
                {
                    row.Opening?.TrySetResult(true);
                    lane.Add(row);
                }
            }
            lanes.Succeeded(lane);
        }
    }

    private void Failed(WriteLane lane, List<PendingRow> batch, string problem)
    {
        lock (gate)
        {
            foreach (var row in batch)
            {
                row.IsWriting = false;
                lane.AddAgain(row);
            }
            if (!stopping.IsCancellationRequested)
            {
                if (Problem is null)
                {
                    LogFailed(logger, problem, rows.Count);
                }
                Problem = problem;
                lanes.Rest(lane, stopping.Token);
            }
        }
    }

    private async Task CloseAsync()
    {
        await Task.Yield();
        try
        {
            await QuietAsync().WaitAsync(Grace, time);
        }
        catch (TimeoutException)
        {
            // Below, what is left is counted.
        }
        Task idle;
        lock (gate)
        {
            stopping.Cancel();
            if (rows.Count > 0)
            {
                Lose(rows.Count);
            }
            foreach (var row in rows.Values)
            {
                row.Finish(isSafe: false);
            }
            rows.Clear();
            idle = QuietAsync();
        }
        await idle;
        stopping.Dispose();
    }

    /// <summary>Done when nothing is being written and nothing waits.</summary>
    private Task QuietAsync()
    {
        lock (gate)
        {
            quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
            TellIfQuiet();
            return quiet.Task;
        }
    }

    private void TellIfQuiet()
    {
        if (workers == 0 && rows.Count == 0)
        {
            quiet?.TrySetResult();
        }
    }

    private void Lose(int count)
    {
        LogLost(logger, count);
        GatewayMeter.AddLostRows(count, "shutdown");
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Usage rows cannot be written; {Rows} wait and are tried again. {Problem}")]
    private static partial void LogFailed(ILogger logger, string problem, int rows);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store refuses the usage row of {RequestId} for good; it is lost.")]
    private static partial void LogRefused(ILogger logger, string requestId);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Rows} usage rows could not be written before the process ended; they are lost.")]
    private static partial void LogLost(ILogger logger, int rows);
}
