using System.Text;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A caller who waits for a stream is told every 15 s that the gateway is alive; what goes wrong afterwards is told in the stream.</summary>
public sealed class KeepAliveTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Comment = ": keep-alive\n\n";

    /// <summary>OpenAI's wire takes arguments that are no JSON; Anthropic's has no way to say them.</summary>
    private const string BrokenArguments = """
        {"messages":[
            {"role":"user","content":"x"},
            {"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{broken"}}]},
            {"role":"tool","tool_call_id":"call_1","content":"y"}]}
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task F_SilentUpstream_KeepAliveThenTimeoutAsErrorEvent()
    {
        var time = new ManualTime();
        var target = new Target("openai", "hang") { FirstToken = 60_000 };
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, target);
        using var request = Bench.Request(stream: true);
        var sending = bench.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        await time.WaitForTimerAsync(Interval);
        Assert.False(sending.IsCompleted);
        time.Advance(Interval);
        using var response = await sending;
        await time.WaitForTimerAsync(Interval, count: 2);
        time.Advance(Interval);
        await time.WaitForTimerAsync(Interval, count: 3);
        time.Advance(TimeSpan.FromSeconds(30));

        var seen = await Seen.ReadAsync(response, CancellationToken.None);
        seen.AssertCut("upstream_timeout");
        Assert.StartsWith(Comment + Comment, seen.Text, StringComparison.Ordinal);
        var row = await bench.RowAsync();
        Assert.Equal(("failed", 504, 1), (row.Status, row.HttpStatus, row.Attempts));
    }

    [Fact]
    public async Task F_KeepAliveSent_RequestThatTheNextTargetCannotTakeEndsInTheFirstOnesError()
    {
        var (seen, row) = await FailOverAfterKeepAliveAsync(new Target("anthropic", "c3"), BrokenArguments);

        Assert.Equal(200, seen.Status);
        seen.AssertCut("upstream_timeout");
        Assert.Equal(("failed", 504, 1), (row.Status, row.HttpStatus, row.Attempts));
    }

    [Fact]
    public async Task F_KeepAliveSent_NextTargetsAnswerFollows()
    {
        var (seen, row) = await FailOverAfterKeepAliveAsync(new Target("gemini", "c3"), "{}");

        seen.AssertWhole();
        Assert.StartsWith(Comment, seen.Text, StringComparison.Ordinal);
        Assert.Equal(("ok", 2, 3L), (row.Status, row.Attempts, row.Completion));
    }

    [Theory]
    [InlineData("f400", 400, null)]
    [InlineData("f401", 502, "upstream_credentials")]
    [InlineData("overflow", 400, "context_length_exceeded")]
    public async Task F_KeepAliveSent_UpstreamErrorBecomesErrorEvent(string fault, int status, string? code)
    {
        var (seen, row) = await FailOverAfterKeepAliveAsync(new Target("openai", fault), "{}");

        Assert.Equal((200, code), (seen.Status, seen.ErrorCode));
        seen.AssertErrorObject();
        Assert.DoesNotContain("[DONE]", seen.Events);
        Assert.Equal(("failed", status, 2), (row.Status, row.HttpStatus, row.Attempts));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task F_SilenceInsideAStream_KeepAliveThenIdleTimeout(string wire)
    {
        var time = new ManualTime();
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, new Target(wire, "c5-stall2") { Idle = 30_000 });
        using var request = Bench.Request(stream: true);
        using var response = await bench.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        // The relay may not wait yet when the clock moves: it is moved until it does.
        var reading = Seen.ReadAsync(response, CancellationToken.None);
        for (var i = 0; i < 600 && !reading.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(reading, Task.Delay(2));
        }

        var seen = await reading;
        seen.AssertCut("upstream_timeout");
        Assert.Contains(Comment, seen.Text, StringComparison.Ordinal);
        Assert.Equal("cut", (await bench.RowAsync()).Status);
    }

    [Fact]
    public async Task F_CallerLeavesDuringKeepAlive_RowSaysDisconnected()
    {
        var time = new ManualTime();
        var target = new Target("openai", "hang") { FirstToken = 60_000 };
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, target);
        using var request = Bench.Request(stream: true);
        var sending = bench.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await time.WaitForTimerAsync(Interval);
        time.Advance(Interval);
        var response = await sending;
        var received = await bench.WaitForRequestAsync(target);

        response.Dispose();
        time.Advance(Interval);

        await received.WhenAborted.WaitAsync(FaultFixture.Patience);
        var row = await bench.RowAsync();
        Assert.Equal(("disconnected", true, 1), (row.Status, row.Estimated, row.Attempts));
    }

    private async Task<(Seen Seen, Row Row)> FailOverAfterKeepAliveAsync(Target next, string extra)
    {
        var time = new ManualTime();
        var silent = new Target("openai", "hang") { FirstToken = 60_000 };
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, silent, next);
        using var request = new HttpRequestMessage(HttpMethod.Post, Bench.Path) { Content = new StringContent(Bench.Body(stream: true, extra), Encoding.UTF8, "application/json") };
        var sending = bench.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await time.WaitForTimerAsync(Interval);
        time.Advance(Interval);
        using var response = await sending;
        await time.WaitForTimerAsync(Interval, count: 2);
        time.Advance(TimeSpan.FromSeconds(45));
        return (await Seen.ReadAsync(response, CancellationToken.None), await bench.RowAsync());
    }
}
