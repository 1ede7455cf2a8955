using System.Diagnostics;
using System.Text;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Answers that no simulator of a sane provider sends.</summary>
public sealed class OddUpstreamTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Sse = "text/event-stream";
    private const string Text = """{"id":"c","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}""";
    private const string Finish = """{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    [Theory]
    [InlineData("data: {Text}\n\ndata: {Finish}")]
    [InlineData("data: {Text}\n\ndata: {Finish}\n")]
    [InlineData("data: {Text}\r\n\r\ndata: {Finish}\r\n")]
    [InlineData("data: {Text}\r\rdata: {Finish}\r")]
    [InlineData("\uFEFFdata:{Text}\n\n\n\n: comment\n\ndata:{Finish}\n\n\n")]
    [InlineData("event: message\nid: 7\nretry: 10\ndata: {Text}\n\ndata: {Finish}\n\n")]
    [InlineData("data: [broken\n\ndata: {Text}\n\ndata: 7\n\ndata: \"x\"\n\ndata: []\n\ndata: {\"choices\":[7]}\n\ndata: {Finish}\n\n")]
    [InlineData("data: {Text}\n\ndata: {Finish}\n\ndata: [DONE]\n\ndata: {Text}\n\n")]
    public async Task F_UnusualFraming_EndsWhole(string body)
    {
        await using var upstream = RawUpstream.Canned(Sse, body.Replace("{Text}", Text, StringComparison.Ordinal).Replace("{Finish}", Finish, StringComparison.Ordinal));
        await using var bench = await fixture.StartAsync(new Target("openai", "raw") { Endpoint = upstream.Address });

        var seen = Lenient(await RawAskAsync(bench));

        Assert.Equal([Text, Finish, "[DONE]"], seen);
        Assert.Equal("ok", (await bench.RowAsync()).Status);
    }

    [Fact]
    public async Task F_NothingBeforeTheFirstOutput_FailoverShowsNoTrace()
    {
        const string Preamble = """
            : welcome

            data: {"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[]}

            data: {"id":"first","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

            data: {"id":"first","choices":[{"index":0,"delta":{},"finish_reason":null}]}

            data: {"error":{"message":"secret words of the provider","type":"server_error"}}


            """;
        await using var upstream = RawUpstream.Canned(Sse, Preamble);
        await using var bench = await fixture.StartAsync(new Target("openai", "raw") { Endpoint = upstream.Address }, new Target("openai", "c3"));

        var seen = await bench.AskAsync(stream: true);

        seen.AssertWhole();
        Assert.Equal("3", seen.Header("x-tollgate-attempts"));
        Assert.DoesNotContain("first", seen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", seen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F_DoneMissingAndConnectionOpen_CompleteAllTheSame()
    {
        await using var upstream = new RawUpstream(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {Sse}\r\nConnection: close\r\n\r\ndata: {Text}\n\ndata: {Finish}\n\n"), cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });
        await using var bench = await fixture.StartAsync(new Target("openai", "raw") { Endpoint = upstream.Address });
        var clock = Stopwatch.StartNew();

        var seen = await bench.AskAsync(stream: true);

        seen.AssertWhole();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal("ok", (await bench.RowAsync()).Status);
    }

    [Theory]
    [InlineData("Content-Encoding: gzip, gzip\r\n", "application/json")]
    [InlineData("Content-Encoding: gzip\r\nContent-Encoding: br\r\n", "application/json")]
    [InlineData("Content-Encoding: zstd\r\n", "application/json")]
    [InlineData("Content-Encoding: gzip\r\n", "application/json")]
    [InlineData("Content-Encoding: br\r\n", "text/event-stream")]
    [InlineData("", "nonsense")]
    [InlineData("", "")]
    public async Task F_UnreadableAnswer_502(string headers, string type)
    {
        foreach (var wire in Lanes.Wires)
        {
            foreach (var stream in new[] { false, true })
            {
                await using var upstream = RawUpstream.Canned(type, "no such thing", headers);
                await using var bench = await fixture.StartAsync(new Target(wire, "raw") { Endpoint = upstream.Address });

                var seen = await bench.AskAsync(stream);

                seen.AssertError(502, "upstream_bad_reply");
                Assert.Equal(2, upstream.Requests);
            }
        }
    }

    [Fact]
    public async Task F_MediaTypeInOtherLetters_IsAStream()
    {
        await using var upstream = RawUpstream.Canned("Text/Event-Stream; charset=UTF-8", $"data: {Text}\n\ndata: {Finish}\n\n");
        await using var bench = await fixture.StartAsync(new Target("openai", "raw") { Endpoint = upstream.Address });

        (await bench.AskAsync(stream: true)).AssertWhole();
    }

    [Fact]
    public async Task E_NobodyListens_502()
    {
        var gone = new RawUpstream((_, _) => Task.CompletedTask);
        var address = gone.Address;
        await gone.DisposeAsync();
        await using var bench = await fixture.StartAsync(new Target("openai", "raw") { Endpoint = address });

        (await bench.AskAsync(stream: true)).AssertError(502, "upstream_unreachable");
    }

    private static async Task<string> RawAskAsync(Bench bench)
    {
        using var request = Bench.Request(stream: true);
        using var response = await bench.Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    // Fields beside data pass through: the provider's own business.
    private static IEnumerable<string> Lenient(string text) =>
        from block in text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        let data = block.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..].TrimStart())
        where data.Any()
        select string.Join('\n', data);
}
