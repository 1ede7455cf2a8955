using Tollgate.Errors;
using Tollgate.Routing;
using Tollgate.Streaming;

namespace Tollgate.Upstream;

/// <summary>A streamed answer: held back until its first output, then relayed event by event.</summary>
internal sealed class StreamedReply(Deployment deployment, IReadOnlyList<string> dropped, HttpResponseMessage response, Stream stream, StreamLane lane, AttemptScope scope)
    : UpstreamReply(deployment, dropped)
{
    /// <summary>How long an upstream that has finished may take to send its usage and close.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);

    private const int FlushBytes = 16 * 1024;

    private readonly SseReader reader = new(stream);
    private readonly PooledBuffer held = new();
    private bool ended;

    public StreamLane Lane { get; } = lane;

    /// <summary>Reads up to the first output. Nothing reaches the caller before.</summary>
    /// <returns>What is wrong with the answer; null when it has begun.</returns>
    public async ValueTask<UpstreamFailure?> WaitForOutputAsync()
    {
        while (true)
        {
            Drain();
            if (Lane.Failure is not null || Lane.HasOutput)
            {
                return Lane.Failure;
            }
            if (ended || Lane.IsDone)
            {
                return new UpstreamFailure(FailureKind.BadReply, 200);
            }
            await FillAsync();
        }
    }

    /// <summary>Relays the rest of the answer to the caller.</summary>
    /// <returns>Why the answer is not whole; null when it is.</returns>
    public async ValueTask<UpstreamFailure?> RelayAsync(CallerStream caller, TimeProvider time)
    {
        scope.FirstOutputArrived();
        using var watch = new StreamWatch(caller, scope, Deployment.Timeouts.Idle, ClosingTime, time);
        while (true)
        {
            // The caller's writer is told once a read, not once an event.
            caller.Write(held.Span);
            held.Clear();
            if (Lane.Failure is not null || Lane.IsDone || ended)
            {
                await caller.FlushAsync(scope.CallerGone);
                break;
            }
            try
            {
                await FillAndFlushAsync(caller, watch);
            }
            catch (Exception broken) when (UpstreamErrors.IsBroken(broken) && !scope.CallerGone.IsCancellationRequested)
            {
                // Whatever breaks after the last finish reason does not make the answer less whole.
                return Lane.IsFinished ? null : Lane.Failure ?? UpstreamErrors.Failure(broken, scope.Token.IsCancellationRequested, FailureKind.Cut);
            }
            Drain();
        }
        return Lane.Failure ?? (Lane.IsFinished ? null : new UpstreamFailure(FailureKind.Cut, 200));
    }

    public override void Dispose()
    {
        reader.Dispose();
        held.Dispose();
        Lane.Dispose();
        response.Dispose();
        scope.Dispose();
    }

    /// <summary>
    /// Reads on. What was written is flushed before any wait, and else when enough has come together: an upstream that has more
    /// at hand costs fewer, larger packets, one that makes us wait costs the caller no time.
    /// </summary>
    private async ValueTask FillAndFlushAsync(CallerStream caller, StreamWatch watch)
    {
        var fill = FillAsync();
        if (fill.IsCompleted)
        {
            await fill;
            if (caller.Unflushed >= FlushBytes)
            {
                await caller.FlushAsync(scope.CallerGone);
            }
            return;
        }
        var filling = fill.AsTask();
        try
        {
            await caller.FlushAsync(scope.CallerGone);
            watch.Wait(Lane.IsFinished);
            await filling;
        }
        finally
        {
            await watch.ResumeAsync();
            if (!filling.IsCompleted)
            {
                // The flush failed: the read has to end before its buffer is given back.
                scope.Expire();
                await filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask FillAsync()
    {
        try
        {
            ended = !await reader.FillAsync(scope.Token);
        }
        catch (InvalidOperationException garbled) when (garbled is not ObjectDisposedException)
        {
            // Brotli's word for broken data.
            throw new InvalidDataException("The upstream's answer cannot be decoded.", garbled);
        }
    }

    private void Drain()
    {
        while (Lane.Failure is null && !Lane.IsDone && reader.TryRead(out var read))
        {
            Lane.Read(read, held);
        }
        if (ended && Lane.Failure is null)
        {
            Lane.End(held);
        }
    }
}
