using Tollgate.Conversation;
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

    public override FinishReasonList Finishes => Lane.Finishes;

    public override bool IsFiltered => Lane.Finishes.AreAll(FinishReasons.ContentFilter);

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
                var reading = reader.StartRead(scope.Token);
                if (reading.IsCompleted)
                {
                    // More was at hand: it goes out with what is written, as long as that is little.
                    ended = !reader.Accept(await reading);
                    if (caller.Unflushed >= FlushBytes)
                    {
                        await caller.FlushAsync(scope.CallerGone);
                    }
                }
                else
                {
                    await FlushOrExpireAsync(caller);
                    watch.Wait(Lane.IsFinished);
                    try
                    {
                        ended = !reader.Accept(await reading);
                    }
                    finally
                    {
                        await watch.ResumeAsync();
                    }
                }
            }
            catch (Exception broken) when ((UpstreamErrors.IsBroken(broken) || UpstreamErrors.IsGarbled(broken)) && !scope.CallerGone.IsCancellationRequested)
            {
                // Whatever breaks after the last finish reason does not make the answer less whole.
                return Lane.IsFinished ? null : Lane.Failure ?? UpstreamErrors.Failure(broken, scope.Token.IsCancellationRequested, FailureKind.Cut);
            }
            Drain();
        }
        return Lane.Failure ?? (Lane.IsFinished ? null : new UpstreamFailure(FailureKind.Cut, 200));
    }

    protected override void Free()
    {
        reader.Dispose();
        held.Dispose();
        Lane.Dispose();
        response.Dispose();
        scope.Dispose();
    }

    /// <summary>Flushes while a read is under way. Where the caller is gone the read is ended: its buffer must not be given back before.</summary>
    private async ValueTask FlushOrExpireAsync(CallerStream caller)
    {
        try
        {
            await caller.FlushAsync(scope.CallerGone);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            scope.Expire();
        }
    }

    private async ValueTask FillAsync()
    {
        try
        {
            ended = !await reader.FillAsync(scope.Token);
        }
        catch (Exception garbled) when (UpstreamErrors.IsGarbled(garbled))
        {
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
