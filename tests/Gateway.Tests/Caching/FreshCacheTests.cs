using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Caching;

namespace Tollgate.Gateway.Tests.Caching;

public sealed class FreshCacheTests
{
    private static readonly Terms Terms = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60));

    private readonly FakeTimeProvider time = new();
    private readonly BlockingCollection<TaskCompletionSource<Read<int>>> reads = [];
    private readonly FreshCache<string, int> cache;

    public FreshCacheTests() => cache = Cache(capacity: 100);

    [Fact]
    public async Task GetAsync_Unknown_ReadsOnceForAll()
    {
        var first = cache.GetAsync("a", default).AsTask();
        var second = cache.GetAsync("a", default).AsTask();

        Answer(1);

        Assert.Equal((1, 1), (await first, await second));
        Assert.Empty(reads);
    }

    [Fact]
    public async Task GetAsync_Fresh_GivesWhatItHas()
    {
        await FillAsync(1);
        time.Advance(TimeSpan.FromSeconds(9));

        Assert.Equal(1, await cache.GetAsync("a", default));
        Assert.Empty(reads);
    }

    [Fact]
    public async Task GetAsync_Ageing_GivesTheOldAndReadsOnceBehind()
    {
        await FillAsync(1);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1, await cache.GetAsync("a", default));
        Assert.Equal(1, await cache.GetAsync("a", default));

        Answer(2);
        await UntilAsync(2);
        Assert.Empty(reads);
    }

    [Fact]
    public async Task GetAsync_Old_WaitsForTheNew()
    {
        await FillAsync(1);
        time.Advance(TimeSpan.FromSeconds(20));

        var waiting = cache.GetAsync("a", default).AsTask();
        var read = reads.Take();
        Assert.False(waiting.IsCompleted);
        read.SetResult(new(2, Terms));

        Assert.Equal(2, await waiting);
    }

    [Fact]
    public async Task GetAsync_OldAndSourceSilent_GivesTheOldAfterAMoment()
    {
        await FillAsync(1);
        time.Advance(TimeSpan.FromSeconds(20));

        var waiting = cache.GetAsync("a", default).AsTask();
        _ = reads.Take();
        time.Advance(FreshCache<string, int>.Patience);

        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task GetAsync_OldAndSourceFails_GivesTheOldAndLeavesTheSourceAlone()
    {
        await FillAsync(1);
        time.Advance(TimeSpan.FromSeconds(20));

        var waiting = cache.GetAsync("a", default).AsTask();
        reads.Take().SetException(new IOException());
        Assert.Equal(1, await waiting);
        Assert.Equal(1, await cache.GetAsync("a", default));
        Assert.Empty(reads);

        time.Advance(FreshCache<string, int>.Pause);
        var again = cache.GetAsync("a", default).AsTask();
        Answer(2);
        Assert.Equal(2, await again);
    }

    [Fact]
    public async Task GetAsync_OlderThanItMayBeKept_FailsWithItsSource()
    {
        await FillAsync(1);
        time.Advance(TimeSpan.FromSeconds(60));

        var waiting = cache.GetAsync("a", default).AsTask();
        reads.Take().SetException(new IOException());

        await Assert.ThrowsAsync<IOException>(() => waiting);
    }

    [Fact]
    public async Task GetAsync_UnknownAndSourceFails_AsksAgainAfterAPause()
    {
        var waiting = cache.GetAsync("a", default).AsTask();
        reads.Take().SetException(new IOException());
        await Assert.ThrowsAsync<IOException>(() => waiting);
        await Assert.ThrowsAsync<IOException>(() => cache.GetAsync("a", default).AsTask());
        Assert.Empty(reads);

        time.Advance(FreshCache<string, int>.Pause);
        var again = cache.GetAsync("a", default).AsTask();
        Answer(3);
        Assert.Equal(3, await again);
    }

    [Fact]
    public async Task GetAsync_Cancelled_LeavesTheReadToTheOthers()
    {
        using var gone = new CancellationTokenSource();
        var leaving = cache.GetAsync("a", gone.Token).AsTask();
        var staying = cache.GetAsync("a", default).AsTask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        Answer(1);
        Assert.Equal(1, await staying);
    }

    [Fact]
    public async Task RereadAsync_ReadsWhatIsFresh_ButNotTooOften()
    {
        await FillAsync(1);
        time.Advance(TimeSpan.FromSeconds(5));

        var rereading = cache.RereadAsync("a", TimeSpan.FromSeconds(5), default).AsTask();
        Answer(2);
        Assert.Equal(2, await rereading);

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(2, await cache.RereadAsync("a", TimeSpan.FromSeconds(5), default));
        Assert.Empty(reads);
    }

    [Fact]
    public async Task RereadAsync_SourceFails_GivesTheOld()
    {
        await FillAsync(1);
        time.Advance(TimeSpan.FromSeconds(5));

        var rereading = cache.RereadAsync("a", TimeSpan.FromSeconds(5), default).AsTask();
        reads.Take().SetException(new IOException());

        Assert.Equal(1, await rereading);
    }

    [Fact]
    public async Task GetAsync_MoreThanItHolds_DropsWhatLastsShortest()
    {
        var asked = new ConcurrentQueue<string>();
        var small = new FreshCache<string, int>(
            key =>
            {
                asked.Enqueue(key);
                return Task.FromResult(new Read<int>(0, key == "long" ? Terms : new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))));
            },
            capacity: 10,
            time);

        await small.GetAsync("long", default);
        for (var i = 0; i < 100; i++)
        {
            await small.GetAsync($"short-{i}", default);
        }
        await small.GetAsync("long", default);
        await small.GetAsync("short-0", default);

        Assert.Single(asked, "long");
        Assert.Equal(2, asked.Count(key => key == "short-0"));
    }

    [Fact]
    public async Task GetAsync_MoreReadsFailThanItHolds_KeepsTheValue()
    {
        var failing = false;
        var small = new FreshCache<string, int>(_ => failing ? throw new IOException() : Task.FromResult(new Read<int>(1, Terms)), capacity: 10, time);
        await small.GetAsync("known", default);
        failing = true;
        for (var i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => small.GetAsync($"unknown-{i}", default).AsTask());
        }
        time.Advance(Terms.Stale);

        Assert.Equal(1, await small.GetAsync("known", default));
    }

    private FreshCache<string, int> Cache(int capacity) => new(
        _ =>
        {
            var answer = new TaskCompletionSource<Read<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
            reads.Add(answer);
            return answer.Task;
        },
        capacity,
        time);

    private void Answer(int value) => reads.Take().SetResult(new(value, Terms));

    private async Task FillAsync(int value)
    {
        var filling = cache.GetAsync("a", default).AsTask();
        Answer(value);
        Assert.Equal(value, await filling);
    }

    /// <summary>The read behind ends on another thread.</summary>
    private async Task UntilAsync(int value)
    {
        while (await cache.GetAsync("a", default) != value)
        {
            await Task.Yield();
        }
    }
}
