using System.Text.Json.Nodes;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Who is asked again, after how long, and within what time: what the caller saw, what the providers saw, what the ledger says.</summary>
public sealed class RetryTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private static readonly TimeSpan TwoSeconds = TimeSpan.FromSeconds(2);

    public static TheoryData<string, bool, string> Blips => Lanes.Of("f500x1", "f503x1", "f529x1", "resetx1");

    public static TheoryData<string, bool, string> Each => Lanes.Of("");

    [Theory]
    [MemberData(nameof(Blips))]
    public async Task E_SingleFailure_SameTargetOnceMore_ThoughThereIsAnother(string wire, bool stream, string fault)
    {
        var (first, other) = (new Target(wire, $"c3-{fault}"), new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(first, other);

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal(("2", $"{wire}-1"), (seen.Header("x-tollgate-attempts"), seen.Header("x-tollgate-deployment")));
        Assert.StartsWith("priority; retry=", seen.Header("x-tollgate-route-reason"), StringComparison.Ordinal);
        Assert.Equal((2, 0), (bench.ReceivedBy(first).Count, bench.ReceivedBy(other).Count));
        var row = await bench.RowAsync();
        Assert.Equal(("ok", 2, $"{wire}-1"), (row.Status, row.Attempts, row.Deployment));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_ShortRetryAfter_IsWaitedOutOnTheSameTarget_ThoughThereIsAnother(string wire, bool stream, string label)
    {
        var time = new ManualTime();
        var (first, other) = (new Target(wire, $"c3-f429x1-ra2{label}"), new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, first, other);

        var asking = bench.AskAsync(stream);
        await time.WaitForTimerAsync(TwoSeconds);
        Assert.Single(bench.ReceivedBy(first));
        time.Advance(TwoSeconds);
        var seen = await asking;

        seen.AssertWhole();
        Assert.Equal(("2", $"{wire}-1", "priority; retry=rate_limited"), (seen.Header("x-tollgate-attempts"), seen.Header("x-tollgate-deployment"), seen.Header("x-tollgate-route-reason")));
        Assert.Equal((2, 0), (bench.ReceivedBy(first).Count, bench.ReceivedBy(other).Count));
        Assert.Equal(("ok", 2), ((await bench.RowAsync()).Status, (await bench.RowAsync()).Attempts));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_RateLimitWithoutAWord_OtherTargetAtOnce_AndTheFirstRestsASecond(string wire, bool stream, string label)
    {
        var time = new ManualTime();
        var (first, other) = (new Target(wire, $"c3-f429x1{label}"), new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, first, other);

        Assert.Equal("priority; tier=2; failover=rate_limited", (await bench.AskAsync(stream)).Header("x-tollgate-route-reason"));
        Assert.Equal("priority; tier=2; skipped=resting", (await bench.AskAsync(stream)).Header("x-tollgate-route-reason"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("priority", (await bench.AskAsync(stream)).Header("x-tollgate-route-reason"));

        Assert.Equal((2, 2), (bench.ReceivedBy(first).Count, bench.ReceivedBy(other).Count));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task E_SilentStream_TenSecondsWhereThereIsAnother_AndItIsNotAskedAgain(string wire)
    {
        var time = new ManualTime();
        var (silent, other) = (new Target(wire, "silent") { FirstToken = null }, new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, silent, other);

        var asking = bench.AskAsync(stream: true);
        await bench.WaitForRequestAsync(silent);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(asking.IsCompleted);
        Assert.Empty(bench.ReceivedBy(other));
        time.Advance(TimeSpan.FromSeconds(0.1));
        var seen = await asking;

        seen.AssertWhole();
        Assert.Equal(("2", "priority; tier=2; failover=timeout"), (seen.Header("x-tollgate-attempts"), seen.Header("x-tollgate-route-reason")));
        Assert.Single(bench.ReceivedBy(silent));
    }

    [Fact]
    public async Task E_SilentStream_AloneHasAMinute()
    {
        var time = new ManualTime();
        var silent = new Target("openai", "silent") { FirstToken = null };
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, silent);

        var asking = bench.AskAsync(stream: true);
        await bench.WaitForRequestAsync(silent);
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(46));

        // A stream by now: it was told that the gateway is alive.
        (await asking).AssertCut("upstream_timeout");
        Assert.Single(bench.ReceivedBy(silent));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task E_SlowFirstToken_OtherTargetAnswers_AndThePromptIsBilledTwice(string wire)
    {
        var (slow, other) = (new Target(wire, "c3-t5000") { FirstToken = Target.ShortTimeout }, new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(slow, other);

        var seen = await bench.AskAsync(stream: true);

        seen.AssertWhole();
        Assert.Equal("2", seen.Header("x-tollgate-attempts"));
        var row = await bench.RowAsync();
        Assert.Equal(("ok", 2, true, $"{wire}-2"), (row.Status, row.Attempts, row.Estimated, row.Deployment));
        Assert.True(row.Prompt > Billed.Words);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_CallersTime_EndsTheCall_WhicheverTargetItIsAt(string wire, bool stream, string label)
    {
        var (hang, other) = (new Target(wire, $"hang{label}") { FirstToken = null }, new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(hang, other);
        using var request = Bench.Request(stream);
        request.Headers.Add("x-tollgate-timeout-ms", "600");

        using var response = await bench.Client.SendAsync(request);
        var seen = await Seen.ReadAsync(response, default);

        seen.AssertError(504, "deadline_exceeded");
        Assert.Equal("1", seen.Header("x-tollgate-attempts"));
        Assert.Empty(bench.ReceivedBy(other));
        Assert.Equal(("failed", 504, 1), ((await bench.RowAsync()).Status, (await bench.RowAsync()).HttpStatus, (await bench.RowAsync()).Attempts));
    }

    [Fact]
    public async Task E_CallersTime_EndsAStreamThatHasBegun()
    {
        var time = new ManualTime();
        var target = new Target("openai", "c5-stall2");
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time, Configure = config => config["tenants"]!["t"]!["timeoutMs"] = 5_000 }, target);

        using var request = Bench.Request(stream: true);
        using var response = await bench.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var reading = Seen.ReadAsync(response, default);
        time.Advance(TimeSpan.FromSeconds(5));

        (await reading).AssertCut("deadline_exceeded");
    }

    [Fact]
    public async Task E_NoTimeForAPause_NoSecondAttempt()
    {
        var target = new Target("openai", "f429-ra2");
        await using var bench = await fixture.StartAsync(new BenchOptions { Configure = config => config["tenants"]!["t"]!["timeoutMs"] = 1_900 }, target);

        var seen = await bench.AskAsync(stream: false);

        seen.AssertError(429, "rate_limit_exceeded");
        Assert.Equal(("1", "2"), (seen.Header("x-tollgate-attempts"), seen.Header("Retry-After")));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("soon")]
    public async Task E_CallersTimeThatIsNone_IsRefusedByItsName(string value)
    {
        var target = new Target("openai", "c3");
        await using var bench = await fixture.StartAsync(target);
        using var request = Bench.Request(stream: false);
        request.Headers.Add("x-tollgate-timeout-ms", value);

        using var response = await bench.Client.SendAsync(request);
        var seen = await Seen.ReadAsync(response, default);

        seen.AssertError(400, "invalid_value");
        Assert.Equal("x-tollgate-timeout-ms", seen.ErrorParam);
        Assert.Empty(bench.ReceivedBy(target));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_ContentFilter_TenantWantsAnotherProvider_ItAnswers(string wire, bool stream, string label)
    {
        var (blocks, other) = (new Target(wire, $"block{label}"), new Target("openai", "c3"));
        await using var bench = await fixture.StartAsync(new BenchOptions { Configure = Elsewhere }, blocks, other);

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal(("2", "openai-2", "priority; tier=2; failover=content_filter"), (seen.Header("x-tollgate-attempts"), seen.Header("x-tollgate-deployment"), seen.Header("x-tollgate-route-reason")));
        Assert.Equal(["stop"], seen.FinishReasons);
        var row = await bench.RowAsync();
        Assert.Equal(("ok", 2), (row.Status, row.Attempts));
        Assert.Equal(wire == "openai" ? Billed.Words : 2 * Billed.Words, row.Prompt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_ContentFilter_OtherProviderFails_TheCallerIsToldOfTheFilter(bool stream)
    {
        await using var bench = await fixture.StartAsync(new BenchOptions { Configure = Elsewhere }, new Target("openai", "block"), new Target("anthropic", "f500"));

        var seen = await bench.AskAsync(stream);

        seen.AssertError(400, "content_filter");
        Assert.Equal("3", seen.Header("x-tollgate-attempts"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_Residency_BindsFailover(bool stream)
    {
        var (home, abroad) = (new Target("openai", "f503"), new Target("openai", "c3"));
        await using var bench = await fixture.StartAsync(new BenchOptions
        {
            Configure = config =>
            {
                config["deployments"]!["openai-2"]!["region"] = "abroad";
                config["tenants"]!["t"]!["regions"] = new JsonArray("testland");
            },
        }, home, abroad);

        var seen = await bench.AskAsync(stream);

        seen.AssertError(503, "upstream_overloaded");
        Assert.Equal((2, 0), (bench.ReceivedBy(home).Count, bench.ReceivedBy(abroad).Count));
    }

    private static void Elsewhere(JsonObject config) => config["tenants"]!["t"]!["onContentFilter"] = "otherProvider";
}
