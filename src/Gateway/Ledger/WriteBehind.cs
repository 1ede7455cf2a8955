using Microsoft.Extensions.Logging;

namespace Tollgate.Ledger;

/// <summary>
/// What the ledger promises its callers, whatever the store: an opened row is safe or not there, and a settlement is kept until it is written.
/// </summary>
internal sealed class WriteBehind : IAsyncDisposable
{
    /// <summary>Most rows that wait. Beyond this, calls are refused; settlements of calls that were made still come in.</summary>
    public const int MostRows = 100_000;

    /// <summary>Longest that a call waits for its row.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Longest that a reader waits for what was settled before.</summary>
    public static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(8);

    private readonly WritePump pump;
    private readonly TimeProvider time;
    private readonly int capacity;
    private Task? closing;

    /// <param name="writer">Where rows go.</param>
    /// <param name="time">The clock of every wait.</param>
    /// <param name="logger">Told of failures and losses.</param>
    /// <param name="capacity">Most rows that wait.</param>
    public WriteBehind(IUsageWriter writer, TimeProvider time, ILogger logger, int capacity = MostRows)
    {
        (this.time, this.capacity) = (time, capacity);
        pump = new WritePump(writer, time, logger);
    }

    /// <inheritdoc cref="IUsageLedger.Problem"/>
    public string? Problem => pump.Problem;

    /// <summary>Rows get written, and there is room for more. Asked without the gate: it may be a moment late.</summary>
    public bool IsWell => closing is null && pump.Problem is null && pump.Rows.Count < capacity;

    /// <inheritdoc cref="IUsageLedger.OpenAsync"/>
    public ValueTask<bool> OpenAsync(OpenedCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        PendingRow? row;
        lock (pump.Gate)
        {
            row = pump.Find(call);
            if (closing is not null || (row is null && pump.Rows.Count >= capacity))
            {
                return ValueTask.FromResult(false);
            }
            row ??= pump.Add(call, settled: null);
            if (call.MayLag && pump.Problem is not null)
            {
                return ValueTask.FromResult(true);
            }
            row.Opening ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            pump.Hurry();
        }
        return WaitAsync(row, cancellationToken);
    }

    /// <inheritdoc cref="IUsageLedger.Settle"/>
    public void Settle(SettledCall settled)
    {
        lock (pump.Gate)
        {
            if (pump.Find(settled.Call) is { } row)
            {
                row.Settled = settled;
            }
            else
            {
                pump.Add(settled.Call, settled);
            }
        }
    }

    /// <summary>Waits until all that a tenant's calls settled before is written.</summary>
    /// <exception cref="Errors.CallerErrorException">503: it is not within <see cref="ReadPatience"/>.</exception>
    public async Task WaitForSettledAsync(string tenant, CancellationToken cancellationToken)
    {
        List<Task> writing = [];
        lock (pump.Gate)
        {
            foreach (var row in pump.Rows.Where(row => row.Settled is not null && row.Call.Tenant == tenant))
            {
                row.Written ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                writing.Add(row.Written.Task);
            }
            if (writing.Count > 0)
            {
                pump.Hurry();
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

    /// <summary>Takes no more calls and writes what waits, for at most <see cref="WritePump.Grace"/>; then says how many rows are lost.</summary>
    public ValueTask DisposeAsync()
    {
        lock (pump.Gate)
        {
            return new(closing ??= pump.DisposeAsync().AsTask());
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
            return row.Call.MayLag || !TryAbandon(row, CallStatus.Failed, 503) && await opening;
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
        lock (pump.Gate)
        {
            if (row.Opening!.Task.IsCompleted)
            {
                return false;
            }
            row.Opening.TrySetResult(false);
            if (row.IsTried || row.Settled is not null)
            {
                row.Settled ??= NotMade(row.Call, status, httpStatus);
            }
            else
            {
                pump.Drop(row);
            }
            return true;
        }
    }

    private SettledCall NotMade(OpenedCall call, CallStatus status, int httpStatus) =>
        new(call) { Status = status, HttpStatus = httpStatus, TotalMs = (time.GetUtcNow() - call.OpenedAt).TotalMilliseconds };
}
