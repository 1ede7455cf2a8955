using Microsoft.Extensions.Time.Testing;
using Tollgate.Health;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Upstream;

public sealed class AttemptTimeTests
{
    private static readonly TimeSpan Endless = TimeSpan.MaxValue;

    [Theory]
    [InlineData(true, false, 10)]
    [InlineData(true, true, 60)]
    [InlineData(false, false, 600)]
    [InlineData(false, true, 600)]
    public void Of_Defaults_AStreamWaitsTenSecondsWhereAnotherCanBeAsked(bool stream, bool isLast, int seconds) =>
        Assert.Equal(new AttemptTime(TimeSpan.FromSeconds(seconds), TimeSpan.FromMinutes(10)), AttemptTime.Of(Some.Deployment(), stream, isLast, Endless));

    [Fact]
    public void Of_LittleIsLeft_NoMoreThanThat()
    {
        var left = TimeSpan.FromSeconds(3);
        Assert.Equal(new AttemptTime(left, left), AttemptTime.Of(Some.Deployment(), stream: true, isLast: false, left));
    }

    [Theory]
    [InlineData(1, false, 60)]
    [InlineData(20, false, 100)]
    [InlineData(20, true, 600)]
    [InlineData(500, false, 600)]
    public void Of_WholeAnswer_FiveTimesTheUsualWhereAnotherCanBeAsked(int usual, bool isLast, int expected)
    {
        var target = Some.Deployment();
        target.Health.Wholes.Add(TimeSpan.FromSeconds(usual));
        Assert.Equal(TimeSpan.FromSeconds(expected), AttemptTime.Of(target, stream: false, isLast, Endless).FirstOutput);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(8, 24)]
    [InlineData(50, 60)]
    public async Task Of_ProbeForAWholeAnswer_IsThreeTimesTheUsual(int usual, int expected)
    {
        var time = new FakeTimeProvider(Some.Now);
        var target = Some.Deployment(time: time);
        target.Health.Wholes.Add(TimeSpan.FromSeconds(usual));
        for (var i = 0; i < FailureWindow.MostInARow; i++)
        {
            await target.Health.Breaker.NoteCutAsync();
        }
        time.Advance(Breaker.ShortestBreak);
        var allowed = default(AttemptTime);
        await target.Health.Breaker.RunAsync(_ =>
        {
            allowed = AttemptTime.Of(target, stream: false, isLast: true, Endless);
            return ValueTask.FromResult(default(AttemptResult));
        }, 0);
        Assert.Equal(TimeSpan.FromSeconds(expected), allowed.FirstOutput);
    }
}
