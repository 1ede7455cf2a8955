namespace Tollgate.Simulator;

/// <summary>The last requests the simulator received, oldest first. Safe for use from several threads.</summary>
public sealed class RequestLog
{
    /// <summary>How many requests are kept; older ones are forgotten.</summary>
    public const int Capacity = 1000;

    private readonly Lock gate = new();
    private readonly Queue<RecordedRequest> requests = new();
    private readonly List<Waiter> waiters = [];
    private long received;
    private long served;
    private int activeStreams;

    internal RequestLog()
    {
    }

    /// <summary>How many requests came in since the start or the last reset.</summary>
    public long Received { get { lock (gate) return received; } }

    /// <summary>How many requests were answered to the end of their scenario, failures included, client disconnects not.</summary>
    public long Served => Interlocked.Read(ref served);

    /// <summary>How many streamed replies are open now.</summary>
    public int ActiveStreams => Volatile.Read(ref activeStreams);

    /// <summary>A copy of the kept requests, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Snapshot()
    {
        lock (gate)
            return [.. requests];
    }

    /// <summary>Waits until a request satisfies the predicate: one already kept, or a later one, or one whose outcome changes.</summary>
    /// <param name="predicate">Must be quick and must not call into the log.</param>
    /// <param name="timeout">How long to wait, by the system's clock whatever the simulator's is: what it guards against is a real client that never comes.</param>
    /// <returns>The first request that satisfies the predicate.</returns>
    /// <exception cref="TimeoutException">None did in time.</exception>
    public async Task<RecordedRequest> WaitForAsync(Func<RecordedRequest, bool> predicate, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var waiter = new Waiter(predicate);
        lock (gate)
        {
            if (requests.FirstOrDefault(predicate) is { } found)
                return found;
            waiters.Add(waiter);
        }

        try
        {
            return await waiter.Found.Task.WaitAsync(timeout);
        }
        finally
        {
            lock (gate)
                waiters.Remove(waiter);
        }
    }

    /// <summary>Forgets the kept requests and sets the counters to zero; open streams stay counted.</summary>
    public void Clear()
    {
        lock (gate)
        {
            requests.Clear();
            received = 0;
        }

        Interlocked.Exchange(ref served, 0);
    }

    internal void Add(RecordedRequest request)
    {
        lock (gate)
        {
            request.Number = ++received;
            if (requests.Count == Capacity)
                requests.Dequeue();
            requests.Enqueue(request);
            Notify(request);
        }
    }

    internal void OnChanged(RecordedRequest request)
    {
        lock (gate)
            Notify(request);
    }

    internal void CountServed() => Interlocked.Increment(ref served);

    internal void CountStream(int change) => Interlocked.Add(ref activeStreams, change);

    private void Notify(RecordedRequest request)
    {
        foreach (var waiter in waiters)
            if (waiter.Predicate(request))
                waiter.Found.TrySetResult(request);
    }

    private sealed record Waiter(Func<RecordedRequest, bool> Predicate)
    {
        public TaskCompletionSource<RecordedRequest> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
