namespace Tollgate.Upstream;

/// <summary>The end of one attempt: the caller leaving, or the time allowed for the phase it is in.</summary>
internal sealed class AttemptScope : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration registration;
    private readonly TimeProvider time;
    private readonly long startedAt;
    private readonly TimeSpan total;

    public AttemptScope(TimeSpan firstToken, TimeSpan total, TimeProvider time, CancellationToken callerGone)
    {
        this.time = time;
        this.total = total;
        startedAt = time.GetTimestamp();
        source = new CancellationTokenSource(firstToken < total ? firstToken : total, time);
        registration = callerGone.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
        CallerGone = callerGone;
    }

    public CancellationToken Token => source.Token;

    public CancellationToken CallerGone { get; }

    /// <summary>The first output is there: from now on only the total counts here, and <see cref="Expire"/>.</summary>
    public void FirstOutputArrived()
    {
        var left = total - time.GetElapsedTime(startedAt);
        source.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>Ends the attempt because its upstream has been silent too long.</summary>
    public void Expire()
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // A watch's last tick may come when the attempt is over already.
        }
    }

    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
