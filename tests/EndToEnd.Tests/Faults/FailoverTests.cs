using System.Net;
using System.Net.Sockets;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Before the first output another target or credential is asked, and the caller sees nothing of it but the count.</summary>
public sealed class FailoverTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    public static TheoryData<string, bool, string> Passing => Lanes.Of(
        "f401", "f402", "f403", "f404", "f408", "f429", "f429-ra1", "f429-ra30", "f500", "f502", "f503", "f504", "f529",
        "quota", "reset", "hang", "silent", "html", "html200", "err200", "cut0", "end0", "stall0", "err0");

    public static TheoryData<string, bool, string> Final => Lanes.Of("f400", "f413", "f422", "overflow");

    public static TheoryData<string, bool, string> Each => Lanes.Of("");

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task E_FaultBeforeOutput_NextTierAnswers(string wire, bool stream, string fault)
    {
        var (bad, good) = (new Target(wire, $"c5-{fault}"), new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(bad, good);

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        var failed = FailedAttempts(fault);
        Assert.Equal($"{failed + 1}", seen.Header("x-tollgate-attempts"));
        Assert.Equal($"{wire}-2", seen.Header("x-tollgate-deployment"));
        Assert.StartsWith("priority; tier=2; failover=", seen.Header("x-tollgate-route-reason"), StringComparison.Ordinal);
        Assert.Equal(failed, bench.ReceivedBy(bad).Count);
        Assert.Single(bench.ReceivedBy(good));
        Assert.Single(seen.FinishReasons);
        var row = await bench.RowAsync();
        var billed = Billed.Of(wire, stream, fault);
        Assert.Equal(("ok", 200, failed + 1, Billed.Words + (failed * billed.Prompt), 3 + (failed * billed.Completion), billed.Any, $"{wire}-2"), (row.Status, row.HttpStatus, row.Attempts, row.Prompt, row.Completion, row.Estimated, row.Deployment));
        Assert.Equal(Billed.Words + (2 * 3) + (failed * billed.Cost), row.Cost);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_ConnectionRefused_NextTierAnswers_AndNothingIsBilledForIt(bool stream)
    {
        var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)nobody.LocalEndpoint).Port}");
        nobody.Stop();
        await using var bench = await fixture.StartAsync(new Target("openai", "nobody") { Endpoint = address }, new Target("openai", "c3"));

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        var row = await bench.RowAsync();
        Assert.Equal((3, Billed.Words, 3L, false), (row.Attempts, row.Prompt, row.Completion, row.Estimated));
    }

    [Theory]
    [InlineData(false, "application/json", """{"error":{"message":"?","type":"server_error"},"usage":{"prompt_tokens":9,"completion_tokens":2}}""")]
    [InlineData(true, "text/event-stream", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}\n\ndata: {\"error\":{\"message\":\"?\"}}\n\n")]
    public async Task E_FailureThatTellsItsUsage_IsChargedForThat(bool stream, string contentType, string body)
    {
        await using var upstream = RawUpstream.Canned(contentType, body);
        await using var bench = await fixture.StartAsync(new Target("openai", "raw") { Endpoint = upstream.Address }, new Target("openai", "c3"));

        var seen = await bench.AskAsync(stream, stream ? """{"stream_options":{"include_usage":true}}""" : "{}");

        seen.AssertWhole();
        Assert.Equal((Billed.Words, 3L), ((long)seen.Usage!["prompt_tokens"]!, (long)seen.Usage["completion_tokens"]!));
        var row = await bench.RowAsync();
        Assert.Equal((3, Billed.Words + (2 * 9), 3L + (2 * 2), Billed.Words + (2 * 9) + (2 * (3 + (2 * 2))), true), (row.Attempts, row.Prompt, row.Completion, row.Cost, row.Estimated));
    }

    [Fact]
    public async Task E_CallerLeavesBetweenTwoAttempts_OnlyWhatWasBilledIsCharged()
    {
        var time = new ManualTime();
        var target = new Target("openai", "f429-ra2");
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, target);
        using var leaving = new CancellationTokenSource();
        var asking = bench.AskAsync(stream: false, cancellationToken: leaving.Token);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(2));

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        var row = await bench.RowAsync();
        Assert.Equal(("disconnected", 1, 0L, 0L, false), (row.Status, row.Attempts, row.Prompt, row.Cost, row.Estimated));
    }

    [Theory]
    [MemberData(nameof(Final))]
    public async Task E_CallersOwnMistake_NextTierIsNotAsked(string wire, bool stream, string fault)
    {
        var (bad, good) = (new Target(wire, fault), new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(bad, good);

        var seen = await bench.AskAsync(stream);

        Assert.InRange(seen.Status, 400, 499);
        Assert.Equal("1", seen.Header("x-tollgate-attempts"));
        Assert.Empty(bench.ReceivedBy(good));
        var row = await bench.RowAsync();
        Assert.Equal(("failed", seen.Status, 1, 0L), (row.Status, row.HttpStatus, row.Attempts, row.Completion));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_Overflow_OnlyLargerContextIsAsked(string wire, bool stream, string label)
    {
        var small = new Target(wire, $"overflow{label}") { ContextWindow = 8_000 };
        var same = new Target(wire, "c3") { ContextWindow = 8_000 };
        var large = new Target(wire, "c3") { ContextWindow = 1_000_000 };
        await using var bench = await fixture.StartAsync(small, same, large);

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal(("2", $"{wire}-3"), (seen.Header("x-tollgate-attempts"), seen.Header("x-tollgate-deployment")));
        Assert.Empty(bench.ReceivedBy(same));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_401_NextCredentialOfTheSameTarget(string wire, bool stream, string label)
    {
        var target = new Target(wire, $"c3-f401x1{label}") { Credentials = ["CREDENTIAL_A", "CREDENTIAL_B"] };
        await using var bench = await fixture.StartAsync(target, new Target(wire, "c3"));

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal($"{wire}-1", seen.Header("x-tollgate-deployment"));
        var credentials = bench.ReceivedBy(target).Select(CredentialOf);
        Assert.Equal(["credential-a", "credential-b"], credentials);
        Assert.Equal(2, (await bench.RowAsync()).Attempts);
    }

    [Theory]
    [InlineData("openai", false)]
    [InlineData("openai", true)]
    [InlineData("gemini", false)]
    [InlineData("gemini", true)]
    public async Task E_QuotaExhausted_OtherCredentialThenOtherTarget(string wire, bool stream)
    {
        var poor = new Target(wire, "quota") { Credentials = ["CREDENTIAL_A", "CREDENTIAL_B"] };
        var rich = new Target(wire, "c3");
        await using var bench = await fixture.StartAsync(poor, rich);

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal(["credential-a", "credential-b"], bench.ReceivedBy(poor).Select(CredentialOf));
        Assert.Equal("3", seen.Header("x-tollgate-attempts"));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_FiveFailingTargets_FourAttempts(string wire, bool stream, string label)
    {
        var targets = Enumerable.Range(0, 5).Select(_ => new Target(wire, $"f500{label}")).ToArray();
        await using var bench = await fixture.StartAsync(targets);

        var seen = await bench.AskAsync(stream);

        seen.AssertError(502, "upstream_error");
        Assert.Equal("4", seen.Header("x-tollgate-attempts"));
        Assert.Equal([2, 1, 1, 0, 0], targets.Select(target => bench.ReceivedBy(target).Count));
        var row = await bench.RowAsync();
        Assert.Equal(("failed", 502, 4), (row.Status, row.HttpStatus, row.Attempts));
    }

    [Fact]
    public async Task E_RetryAfterSeen_NextCallsAskTheOtherTargetFirst()
    {
        var (resting, other) = (new Target("openai", "f429x1-ra30"), new Target("openai", "c3"));
        await using var bench = await fixture.StartAsync(resting, other);

        Assert.Equal("2", (await bench.AskAsync(stream: false)).Header("x-tollgate-attempts"));
        Assert.Equal("1", (await bench.AskAsync(stream: false)).Header("x-tollgate-attempts"));

        Assert.Single(bench.ReceivedBy(resting));
    }

    [Theory]
    [InlineData("anthropic", "openai")]
    [InlineData("openai", "gemini")]
    [InlineData("gemini", "anthropic")]
    public async Task E_FailoverAcrossWires_CallerSeesOneStream(string first, string second)
    {
        await using var bench = await fixture.StartAsync(new Target(first, "c5-end0"), new Target(second, "c4"));

        var seen = await bench.AskAsync(stream: true, """{"stream_options":{"include_usage":true}}""");

        seen.AssertWhole();
        Assert.Equal($"{second}-2", seen.Header("x-tollgate-deployment"));
        Assert.Single(seen.Chunks.Select(chunk => (string?)chunk["id"]).Distinct());
        Assert.Equal(4, (int?)seen.Usage?["completion_tokens"]);
    }

    /// <summary>A single failure that may be no more than that is tried once more at the same target.</summary>
    private static int FailedAttempts(string fault) => fault is "f429-ra1" or "f500" or "f502" or "f503" or "f529" or "reset" or "html" or "err200" or "cut0" or "err0" ? 2 : 1;

    private static string CredentialOf(Tollgate.Simulator.RecordedRequest request) =>
        request.Headers.GetValueOrDefault("Authorization")?.Replace("Bearer ", "", StringComparison.Ordinal)
        ?? request.Headers.GetValueOrDefault("x-api-key")
        ?? request.Headers["x-goog-api-key"];
}
