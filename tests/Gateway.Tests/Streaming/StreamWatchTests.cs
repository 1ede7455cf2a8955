using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Streaming;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Streaming;

public sealed class StreamWatchTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 20, resumeWriterThreshold: 10, useSynchronizationContext: false));
    private readonly AttemptScope scope;
    private readonly CallerStream caller;
    private readonly StreamWatch watch;

    public StreamWatchTests()
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseBodyFeature>(new PipeBody(pipe.Writer));
        scope = new AttemptScope(TimeSpan.FromHours(1), TimeSpan.FromHours(1), time, CancellationToken.None);
        caller = new CallerStream(http, time);
        watch = new StreamWatch(caller, scope, Idle, Closing, time);
    }

    public void Dispose()
    {
        watch.Dispose();
        scope.Dispose();
    }

    [Fact]
    public async Task Tick_SilenceAsLongAsAllowed_EndsTheAttempt()
    {
        watch.Wait(isFinished: false);
        Pass(Idle / 2);
        await ReadAllAsync();
        Pass((Idle / 2) - TimeSpan.FromSeconds(1));
        Assert.False(scope.Token.IsCancellationRequested);
        await ReadAllAsync();
        Pass(TimeSpan.FromSeconds(2));
        Assert.True(scope.Token.IsCancellationRequested);
    }

    [Fact]
    public void F_DoneMissing_ClosingTimeIsShort()
    {
        watch.Wait(isFinished: true);
        Pass(TimeSpan.FromSeconds(1));
        Assert.False(scope.Token.IsCancellationRequested);
        Pass(TimeSpan.FromSeconds(1.5));
        Assert.True(scope.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Tick_WhileTheRelayWorks_DoesNothing()
    {
        Pass(TimeSpan.FromMinutes(5));
        watch.Wait(isFinished: false);
        await watch.ResumeAsync();
        Pass(TimeSpan.FromMinutes(5));
        Assert.False(scope.Token.IsCancellationRequested);
        Assert.False(pipe.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Tick_EverySilence_IsCountedAnew()
    {
        for (var i = 0; i < 5; i++)
        {
            watch.Wait(isFinished: false);
            Pass(Idle - TimeSpan.FromSeconds(2));
            await ReadAllAsync();
            await watch.ResumeAsync();
        }
        Assert.False(scope.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Tick_After15SecondsOfSilence_SendsAComment()
    {
        watch.Wait(isFinished: false);
        Pass(TimeSpan.FromSeconds(14));
        Assert.False(pipe.Reader.TryRead(out _));
        Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(": keep-alive\n\n", await ReadAllAsync());
        Pass(TimeSpan.FromSeconds(13));
        Assert.False(pipe.Reader.TryRead(out _));
        Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(": keep-alive\n\n", await ReadAllAsync());
        await watch.ResumeAsync();
    }

    [Fact]
    public async Task ResumeAsync_CommentBeingWritten_WaitsForIt()
    {
        caller.Write("nearly all of it   "u8);
        await caller.FlushAsync(CancellationToken.None);
        watch.Wait(isFinished: false);
        Pass(TimeSpan.FromSeconds(16));
        var resumed = watch.ResumeAsync().AsTask();
        Assert.False(resumed.IsCompleted);
        await ReadAllAsync();
        await resumed.WaitAsync(TimeSpan.FromSeconds(10));
        Pass(TimeSpan.FromMinutes(5));
        Assert.False(scope.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task ResumeAsync_RacingTheTimer_NeverLetsBothWrite()
    {
        // The caller's side keeps reading; the clock runs on another thread while the relay waits and resumes.
        var reading = Task.Run(async () =>
        {
            ReadResult read;
            do
            {
                read = await pipe.Reader.ReadAsync();
                pipe.Reader.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
        });
        using var stop = new CancellationTokenSource();
        var ticking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                time.Advance(TimeSpan.FromSeconds(5));
            }
        });
        for (var i = 0; i < 2_000; i++)
        {
            watch.Wait(isFinished: false);
            await watch.ResumeAsync();
            caller.Write("data: x\n\n"u8);
            await caller.FlushAsync(CancellationToken.None);
        }
        await stop.CancelAsync();
        await ticking;
        await pipe.Writer.CompleteAsync();
        await reading.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Tick_CallerGone_IsNobodysProblem()
    {
        await pipe.Reader.CompleteAsync(new IOException("gone"));
        watch.Wait(isFinished: false);
        Pass(TimeSpan.FromSeconds(20));
        await watch.ResumeAsync();
        Assert.False(scope.Token.IsCancellationRequested);
    }

    [Fact]
    public void Dispose_ThenTime_DoesNothing()
    {
        watch.Wait(isFinished: false);
        watch.Dispose();
        Pass(TimeSpan.FromMinutes(5));
        Assert.False(scope.Token.IsCancellationRequested);
    }

    /// <summary>Lets time pass as a clock does, tick by tick.</summary>
    private void Pass(TimeSpan span)
    {
        for (var left = span; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(500))
        {
            time.Advance(left < TimeSpan.FromMilliseconds(500) ? left : TimeSpan.FromMilliseconds(500));
        }
    }

    private async Task<string> ReadAllAsync()
    {
        var text = new StringBuilder();
        while (pipe.Reader.TryRead(out var read))
        {
            text.Append(Encoding.UTF8.GetString(read.Buffer));
            pipe.Reader.AdvanceTo(read.Buffer.End);
            await Task.Yield();
        }
        return text.ToString();
    }
}
