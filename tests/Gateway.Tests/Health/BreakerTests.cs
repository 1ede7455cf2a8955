using Microsoft.Extensions.Time.Testing;
using Tollgate.Errors;
using Tollgate.Health;
using Tollgate.Streaming;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Health;

public sealed class BreakerTests
{
    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly Breaker breaker;

    public BreakerTests() => breaker = new Breaker("d", time);

    private bool IsOpen => breaker.IsOpen(time.GetUtcNow().UtcTicks, out _);

    private TimeSpan Left
    {
        get
        {
            breaker.IsOpen(time.GetUtcNow().UtcTicks, out var left);
            return left;
        }
    }

    [Fact]
    public async Task RunAsync_FiveFailuresInARow_OpenIt()
    {
        for (var i = 0; i < 4; i++)
        {
            await FailAsync();
        }
        await SucceedAsync();
        for (var i = 0; i < 4; i++)
        {
            await FailAsync();
        }
        Assert.False(IsOpen);
        await FailAsync();
        Assert.True(IsOpen);
        Assert.Null(await FailAsync());
    }

    [Fact]
    public async Task RunAsync_FewCallsAnHour_FiveFailuresInARowOpenItAllTheSame()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.False(IsOpen);
            await FailAsync();
            time.Advance(i < 4 ? TimeSpan.FromMinutes(10) : TimeSpan.Zero);
        }
        Assert.True(IsOpen);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public async Task RunAsync_HalfOfTheLastSecondsFail_OpensIt(int failuresOfSix, bool opens)
    {
        for (var i = 0; i < 12; i++)
        {
            await (i % 6 < failuresOfSix ? FailAsync() : SucceedAsync());
        }
        for (var i = 0; i < failuresOfSix; i++)
        {
            await FailAsync();
        }
        Assert.Equal(opens, IsOpen);
    }

    [Fact]
    public async Task RunAsync_OldFailures_CountForNoRate()
    {
        for (var i = 0; i < 9; i++)
        {
            await (i % 2 == 0 ? FailAsync() : SucceedAsync());
        }
        time.Advance(TimeSpan.FromSeconds(11));
        await FailAsync();
        Assert.False(IsOpen);
    }

    [Theory]
    [InlineData((int)FailureKind.RateLimited)]
    [InlineData((int)FailureKind.InvalidRequest)]
    [InlineData((int)FailureKind.Credentials)]
    [InlineData((int)FailureKind.ContentFilter)]
    [InlineData((int)FailureKind.Deadline)]
    public async Task RunAsync_WhatIsNotTheDeploymentsFault_NeverOpensIt(int kind)
    {
        for (var i = 0; i < 50; i++)
        {
            await FailAsync((FailureKind)kind);
        }
        Assert.False(IsOpen);
    }

    [Fact]
    public async Task RunAsync_AfterTheBreak_OneCallAtATimeTries()
    {
        await OpenAsync();
        time.Advance(Breaker.ShortestBreak);
        Assert.False(IsOpen);
        var probe = new TaskCompletionSource<AttemptResult>();
        var trying = breaker.RunAsync(static probe => new ValueTask<AttemptResult>(probe.Task), probe);
        Assert.True(IsOpen && breaker.IsProbing);
        Assert.Null(await SucceedAsync());
        probe.SetResult(Good());
        Assert.NotNull(await trying);
        Assert.False(IsOpen);
        Assert.NotNull(await SucceedAsync());
        Assert.Equal(1, breaker.SuccessRate);
    }

    [Fact]
    public async Task RunAsync_EachFailedTry_ClosesItLongerUpToFiveSeconds()
    {
        await OpenAsync();
        var breaks = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            breaks.Add(Left.TotalSeconds);
            time.Advance(Left);
            Assert.NotNull(await FailAsync());
        }
        Assert.Equal([1, 2, 4, 5, 5], breaks);
    }

    [Theory]
    [InlineData(20, 20)]
    [InlineData(0.2, 1)]
    [InlineData(3600, 60)]
    public async Task RunAsync_RetryAfter_IsTheBreak(double asked, double expected)
    {
        for (var i = 0; i < 5; i++)
        {
            await RunAsync(new UpstreamFailure(FailureKind.Overloaded, 503) { RetryAfter = TimeSpan.FromSeconds(asked) });
        }
        Assert.Equal(expected, Left.TotalSeconds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_TryThatSaysNothing_LeavesItOpen(bool throws)
    {
        await OpenAsync();
        time.Advance(Breaker.ShortestBreak);
        if (throws)
        {
            await Assert.ThrowsAsync<CallerErrorException>(async () => await breaker.RunAsync<int>(static _ => throw CallerErrorException.Invalid("?"), 0));
        }
        else
        {
            await RunAsync(new AttemptResult(null, null));
        }
        Assert.True(IsOpen);
    }

    [Fact]
    public async Task NoteCutAsync_StreamsThatBreakOff_OpenItToo()
    {
        for (var i = 0; i < 5; i++)
        {
            await breaker.NoteCutAsync();
        }
        Assert.True(IsOpen);
    }

    [Fact]
    public async Task RunAsync_ThousandsOfCallersOfADeadDeployment_OneATSecondReachesIt()
    {
        await OpenAsync();
        var reached = new List<DateTimeOffset>();
        for (var tick = 0; tick < 600; tick++)
        {
            // So many at once that several find the break over.
            await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await breaker.RunAsync(seen =>
            {
                lock (seen)
                {
                    seen.Add(time.GetUtcNow());
                }
                return ValueTask.FromResult<AttemptResult>(new UpstreamFailure(FailureKind.Network, 502));
            }, reached))));
            time.Advance(TimeSpan.FromMilliseconds(100));
        }
        Assert.InRange(reached.Count, 10, 60);
        Assert.All(reached.Zip(reached.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
    }

    private static AttemptResult Good() => new WholeReply(Some.Deployment(), [], new PooledBuffer(), null, 0, default);

    private async Task OpenAsync()
    {
        for (var i = 0; i < 5; i++)
        {
            await FailAsync();
        }
        Assert.True(IsOpen);
    }

    private Task<AttemptResult?> FailAsync(FailureKind kind = FailureKind.ServerError) => RunAsync(new UpstreamFailure(kind, 500));

    private Task<AttemptResult?> SucceedAsync() => RunAsync(Good());

    private async Task<AttemptResult?> RunAsync(AttemptResult result) => await breaker.RunAsync(static result => ValueTask.FromResult(result), result);
}
