using Microsoft.Extensions.Time.Testing;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Upstream;

public sealed class AttemptScopeTests
{
    private readonly FakeTimeProvider time = new(Some.Now);

    [Theory]
    [InlineData(5, 60, 5)]
    [InlineData(60, 5, 5)]
    public void Token_NothingArrives_EndsAfterTheShorterTime(int firstToken, int total, int ends)
    {
        using var scope = Scope(firstToken, total, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(ends) - TimeSpan.FromMilliseconds(1));
        Assert.False(scope.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(scope.Token.IsCancellationRequested);
    }

    [Fact]
    public void FirstOutputArrived_OnlyTheTotalCounts()
    {
        using var scope = Scope(5, 60, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(4));
        scope.FirstOutputArrived();
        time.Advance(TimeSpan.FromSeconds(55));
        Assert.False(scope.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(scope.Token.IsCancellationRequested);
    }

    [Fact]
    public void Token_CallerGone_EndsAtOnce()
    {
        using var caller = new CancellationTokenSource();
        using var scope = Scope(5, 60, caller.Token);
        caller.Cancel();
        Assert.True(scope.Token.IsCancellationRequested);
    }

    [Fact]
    public void Expire_AfterItsEnd_DoesNoHarm()
    {
        var scope = Scope(5, 60, CancellationToken.None);
        scope.Expire();
        Assert.True(scope.Token.IsCancellationRequested);
        scope.Dispose();
        scope.Expire();
    }

    private AttemptScope Scope(int firstToken, int total, CancellationToken callerGone) =>
        new(TimeSpan.FromSeconds(firstToken), TimeSpan.FromSeconds(total), time, callerGone);
}
