using Tollgate.Upstream;

namespace Tollgate.Streaming;

/// <summary>
/// Watches a relay while it waits for its upstream: sends keep-alive comments, ends the attempt after too long a silence.
/// One timer for the whole stream, nothing per event. The relay says when it waits; only then does the watch write.
/// </summary>
internal sealed class StreamWatch : IDisposable
{
    /// <summary>Azure's load balancer drops a connection after 230 s without a byte; proxies on the way often after 30 s.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    private const int Working = 0;
    private const int Waiting = 1;
    private const int Writing = 2;

    private readonly CallerStream caller;
    private readonly AttemptScope scope;
    private readonly TimeSpan idle;
    private readonly TimeSpan closing;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private int state;
    private long waitingSince;
    private bool finished;
    private Task keepAlive = Task.CompletedTask;

    /// <param name="caller">Gets the comments.</param>
    /// <param name="scope">Is ended.</param>
    /// <param name="idle">Longest silence.</param>
    /// <param name="closing">Longest silence after the last finish reason.</param>
    /// <param name="time">The clock.</param>
    public StreamWatch(CallerStream caller, AttemptScope scope, TimeSpan idle, TimeSpan closing, TimeProvider time)
    {
        this.caller = caller;
        this.scope = scope;
        this.idle = idle;
        this.closing = idle < closing ? idle : closing;
        this.time = time;
        var tick = TimeSpan.FromMilliseconds(Math.Clamp(this.closing.TotalMilliseconds / 4, 10, 1000));
        timer = time.CreateTimer(static watch => ((StreamWatch)watch!).Tick(), this, tick, tick);
    }

    /// <summary>The relay is about to wait and will not write until it has called <see cref="ResumeAsync"/>.</summary>
    public void Wait(bool isFinished)
    {
        finished = isFinished;
        waitingSince = time.GetTimestamp();
        Volatile.Write(ref state, Waiting);
    }

    /// <summary>The relay goes on; it waits for a comment that is just being written. Does nothing where it was not waiting.</summary>
    public async ValueTask ResumeAsync()
    {
        while (Interlocked.CompareExchange(ref state, Working, Waiting) == Writing)
        {
            await Volatile.Read(ref keepAlive);
            await Task.Yield();
        }
    }

    public void Dispose() => timer.Dispose();

    private void Tick()
    {
        if (Volatile.Read(ref state) != Waiting)
        {
            return;
        }
        if (time.GetElapsedTime(waitingSince) >= (finished ? closing : idle))
        {
            scope.Expire();
        }
        else if (caller.SinceLastWrite >= KeepAliveInterval && Interlocked.CompareExchange(ref state, Writing, Waiting) == Waiting)
        {
            Volatile.Write(ref keepAlive, KeepAliveAsync());
        }
    }

    private async Task KeepAliveAsync()
    {
        try
        {
            await caller.KeepAliveAsync(scope.CallerGone);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The caller left; the relay finds out by itself.
        }
        finally
        {
            Volatile.Write(ref state, Waiting);
        }
    }
}
