using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Upstream;

public sealed class TargetQueueTests
{
    [Fact]
    public void NextTarget_GoesThroughAllOnce()
    {
        var queue = Queue(("a", 1), ("b", 1));
        Assert.Equal("a", queue.Current.Name);
        Assert.True(queue.NextTarget());
        Assert.Equal("b", queue.Current.Name);
        Assert.False(queue.NextTarget());
        Assert.Equal("b", queue.Current.Name);
    }

    [Fact]
    public async Task Credential_GoesThroughATargetsOwnAndStartsAnewAtTheNext()
    {
        var queue = new TargetQueue([Some.Deployment("a", credentials: ["env:A1", "env:A2"]), Some.Deployment("b", credentials: ["env:B1", "env:B2"])], TimeProvider.System);
        Assert.Equal("a1", await queue.Credential.FindAsync(default));
        Assert.True(queue.Credential.Next());
        Assert.Equal("a2", await queue.Credential.FindAsync(default));
        Assert.False(queue.Credential.Next());
        Assert.True(queue.NextTarget());
        Assert.Equal("b1", await queue.Credential.FindAsync(default));
    }

    [Fact]
    public async Task Credential_TargetWithout_IsNull()
    {
        var queue = Queue(("a", 1));
        Assert.Null(await queue.Credential.FindAsync(default));
        Assert.False(queue.Credential.Next());
        Assert.False(queue.Credential.NextAnyway());
    }

    [Fact]
    public void NextLarger_SkipsWhatIsNotLarger()
    {
        var queue = Queue(("a", 100), ("b", 100), ("c", 50), ("d", 200), ("e", 150));
        Assert.True(queue.NextLarger());
        Assert.Equal("d", queue.Current.Name);
        Assert.False(queue.NextLarger());
        Assert.Equal("d", queue.Current.Name);
    }

    [Fact]
    public void Again_IsGrantedOncePerTarget()
    {
        var queue = Queue(("a", 1), ("b", 1));
        Assert.True(queue.Again());
        Assert.False(queue.Again());
        Assert.True(queue.NextTarget());
        Assert.True(queue.Again());
        Assert.False(queue.Again());
    }

    private static TargetQueue Queue(params (string Name, int Context)[] targets) =>
        new([.. targets.Select(target => Some.Deployment(target.Name, Some.Profile() with { ContextWindow = target.Context }))], TimeProvider.System);
}
