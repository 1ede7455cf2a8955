using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tollgate.Upstream;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A provider that fails for longer: who still reaches it, what callers see of it, and how soon it is back.</summary>
public sealed class BreakerTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private readonly ManualTime time = new();

    public static TheoryData<string, bool> Modes => new() { { "openai", false }, { "openai", true }, { "anthropic", false }, { "anthropic", true } };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task E_PrimaryFlapsForAMinute_EveryCallIsAnswered_AndItIsBackWithinSeconds(string wire, bool stream)
    {
        await using var upstream = await SwitchedUpstream.StartAsync(fixture.Simulator.BaseAddress, time);
        await using var bench = await StartAsync(new Target(wire, "c3") { Endpoint = upstream.Address }, new Target(wire, "c3"));
        var (started, calls, waits) = (time.GetUtcNow(), 0, new List<TimeSpan>());
        var upSince = started;
        DateTimeOffset? waitingSince = null;
        while (time.GetUtcNow() - started < TimeSpan.FromSeconds(60))
        {
            // Six seconds up, six down.
            var isUp = (int)((time.GetUtcNow() - started).TotalSeconds / 6) % 2 == 0;
            waitingSince = isUp ? upstream.IsUp ? waitingSince : time.GetUtcNow() : null;
            upstream.IsUp = isUp;
            var seen = await bench.AskAsync(stream);
            seen.AssertWhole();
            calls++;
            if (waitingSince is { } since && seen.Header("x-tollgate-deployment") == $"{wire}-1")
            {
                waits.Add(time.GetUtcNow() - since);
                waitingSince = null;
            }
            time.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal(4, waits.Count);
        Assert.All(waits, wait => Assert.True(wait < TimeSpan.FromSeconds(5), $"{wait}"));
        Assert.InRange(upstream.Requests.Count(request => !request.IsUp), 5, 5 * 10);
        var rows = await bench.RowsAsync();
        Assert.Equal(calls, rows.Count);
        Assert.All(rows, row => Assert.Equal(("ok", Billed.Words, 3L), (row.Status, row.Prompt, row.Completion)));
        Assert.Equal(upstream.Requests.Count(request => !request.IsUp), rows.Sum(row => row.Attempts - 1));
    }

    [Fact]
    public async Task E_DeadPrimary_ManyConcurrentCallers_OneASecondReachesIt()
    {
        await using var upstream = await SwitchedUpstream.StartAsync(fixture.Simulator.BaseAddress, time);
        upstream.IsUp = false;
        await using var bench = await StartAsync(new Target("openai", "c3") { Endpoint = upstream.Address }, new Target("openai", "c3"));
        for (var i = 0; i < 5; i++)
        {
            (await bench.AskAsync(stream: false)).AssertWhole();
        }
        var (before, started) = (upstream.Requests.Count, time.GetUtcNow());
        for (var tick = 0; tick < 60; tick++)
        {
            foreach (var seen in await Task.WhenAll(Enumerable.Range(0, 16).Select(i => bench.AskAsync(stream: i % 2 == 0))))
            {
                seen.AssertWhole();
            }
            time.Advance(TimeSpan.FromMilliseconds(200));
        }

        var probes = upstream.Requests.Skip(before).Select(request => request.At).ToArray();
        Assert.InRange(probes.Length, 2, (time.GetUtcNow() - started).TotalSeconds + 1);
        Assert.All(probes.Zip(probes.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_OnlyTargetIsDead_CallersAreToldAtOnce_AndThereIsNoRow(bool stream)
    {
        await using var upstream = await SwitchedUpstream.StartAsync(fixture.Simulator.BaseAddress, time);
        upstream.IsUp = false;
        await using var bench = await StartAsync(new Target("openai", "c3") { Endpoint = upstream.Address });
        for (var i = 0; i < 3; i++)
        {
            (await bench.AskAsync(stream)).AssertError(503, "upstream_overloaded");
        }
        var reached = upstream.Requests.Count;

        var seen = await bench.AskAsync(stream);

        seen.AssertError(503, "upstream_overloaded");
        Assert.Null(seen.Header("x-tollgate-attempts"));
        Assert.Equal("1", seen.Header("Retry-After"));
        Assert.Equal(reached, upstream.Requests.Count);
        Assert.Equal(3, (await bench.RowsAsync()).Count);

        upstream.IsUp = true;
        time.Advance(TimeSpan.FromSeconds(1));
        (await bench.AskAsync(stream)).AssertWhole();
        (await bench.AskAsync(stream)).AssertWhole();
    }

    private Task<Bench> StartAsync(params Target[] targets) => fixture.StartAsync(
        new BenchOptions
        {
            Time = time,
            Services = services => services.Replace(ServiceDescriptor.Singleton(new RetryPolicy(new PassingTime(time), new Random(1)))),
        },
        targets);
}
