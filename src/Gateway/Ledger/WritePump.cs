using Microsoft.Extensions.Logging;
using Tollgate.Telemetry;

namespace Tollgate.Ledger;

/// <summary>
/// Rows on their way to the store. A row is written as soon as a write is free; what arrives while all are busy is written together.
/// One row is never in two writes at a time, and what a failed write held is written again until it is safe.
/// </summary>
internal sealed partial class WritePump : IAsyncDisposable
{
    /// <summary>Longest that the end of the process waits for rows; hosts allow 30 seconds.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(25);

    private readonly Dictionary<string, PendingRow> rows = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private readonly WriteLanes lanes;
    private readonly IUsageWriter writer;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private TaskCompletionSource? quiet;
    private TaskCompletionSource? lingering;
    private bool isUrgent;
    private int workers;

    public WritePump(IUsageWriter writer, TimeProvider time, ILogger logger)
    {
        (this.writer, this.time, this.logger) = (writer, time, logger);
        lanes = new WriteLanes(writer, time, Gate, Start);
        GatewayMeter.LedgerQueue.Join(this, CountRows);
    }

    /// <summary>Guards every row. Held by who calls anything but <see cref="DisposeAsync"/>.</summary>
    public Lock Gate { get; } = new();

    /// <summary>All that wait or are being written.</summary>
    public IReadOnlyCollection<PendingRow> Rows => rows.Values;

    /// <inheritdoc cref="IUsageLedger.Problem"/>
    public string? Problem { get; private set; }

    public PendingRow? Find(OpenedCall call) => rows.GetValueOrDefault(call.RequestId);

    /// <summary>A row that is not among them yet. Once the end has come it is lost.</summary>
    public PendingRow Add(OpenedCall call, SettledCall? settled)
    {
        var row = new PendingRow(call, settled);
        if (stopping.IsCancellationRequested)
        {
            Lose(1);
        }
        else
        {
            rows.Add(call.RequestId, row);
            lanes.Add(row);
        }
        return row;
    }

    /// <summary>Somebody waits: what is there is written without waiting for more.</summary>
    public void Hurry()
    {
        isUrgent = true;
        lingering?.TrySetResult();
    }

    /// <summary>Forgets a row that no write has begun.</summary>
    public void Drop(PendingRow row)
    {
        row.IsDropped = true;
        lanes.Trim(row);
        Remove(row, isSafe: false);
        TellIfQuiet();
    }

    /// <summary>Writes what waits, for at most <see cref="Grace"/>. What is left then is lost.</summary>
    public async ValueTask DisposeAsync()
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
        lock (Gate)
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
        GatewayMeter.LedgerQueue.Leave(this);
        stopping.Dispose();
    }

    private long CountRows()
    {
        lock (Gate)
        {
            return rows.Count;
        }
    }

    /// <summary>Done when nothing is being written and nothing waits.</summary>
    private Task QuietAsync()
    {
        lock (Gate)
        {
            quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Hurry();
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
        GatewayMeter.AddLostRows(count, TelemetryNames.Values.Shutdown);
    }

    private void Remove(PendingRow row, bool isSafe)
    {
        rows.Remove(row.Call.RequestId);
        row.Finish(isSafe);
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
            await LingerAsync();
            WriteLane? lane;
            List<PendingRow> batch;
            UsageWrite[] writes;
            lock (Gate)
            {
                if (stopping.IsCancellationRequested || !lanes.TryTake(out lane, out batch))
                {
                    workers--;
                    isUrgent = false;
                    TellIfQuiet();
                    return;
                }
                writes = [.. batch.Select(row => row.Send())];
            }
            var startedAt = time.GetTimestamp();
            try
            {
                var refused = await writer.WriteAsync(writes, stopping.Token);
                GatewayMeter.AddLedgerWrite(time.GetElapsedTime(startedAt), failed: null, batch.Count);
                Written(lane, batch, refused);
            }
            catch (Exception failed)
            {
                GatewayMeter.AddLedgerWrite(time.GetElapsedTime(startedAt), failed, batch.Count);
                Failed(lane, batch, writer.Explain(failed));
            }
        }
    }

    /// <summary>By the real clock: it decides only which rows are written together.</summary>
    private async ValueTask LingerAsync()
    {
        if (writer.Linger == TimeSpan.Zero)
        {
            return;
        }
        Task hurried;
        lock (Gate)
        {
            if (isUrgent)
            {
                return;
            }
            lingering = new(TaskCreationOptions.RunContinuationsAsynchronously);
            hurried = lingering.Task;
        }
        await Task.WhenAny(hurried, Task.Delay(writer.Linger));
    }

    private void Written(WriteLane lane, List<PendingRow> batch, IReadOnlyList<int> refused)
    {
        lock (Gate)
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
                    GatewayMeter.AddLostRows(1, TelemetryNames.Values.Refused);
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
        lock (Gate)
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Usage rows cannot be written; {Rows} wait and are tried again. {Problem}")]
    private static partial void LogFailed(ILogger logger, string problem, int rows);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store refuses the usage row of {RequestId} for good; it is lost.")]
    private static partial void LogRefused(ILogger logger, string requestId);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Rows} usage rows could not be written before the process ended; they are lost.")]
    private static partial void LogLost(ILogger logger, int rows);
}
