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
    public void NextCredential_GoesThroughATargetsOwnAndStartsAnewAtTheNext()
    {
        var queue = new TargetQueue([Some.Deployment("a", credentials: ["env:1", "env:2"]), Some.Deployment("b", credentials: ["env:3", "env:4"])]);
        Assert.Equal("env:1", queue.Credential);
        Assert.True(queue.NextCredential());
        Assert.Equal("env:2", queue.Credential);
        Assert.False(queue.NextCredential());
        Assert.True(queue.NextTarget());
        Assert.Equal("env:3", queue.Credential);
    }

    [Fact]
    public void Credential_TargetWithout_IsNull()
    {
        var queue = Queue(("a", 1));
        Assert.Null(queue.Credential);
        Assert.False(queue.NextCredential());
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
        new([.. targets.Select(target => Some.Deployment(target.Name, Some.Profile() with { ContextWindow = target.Context }))]);
}
