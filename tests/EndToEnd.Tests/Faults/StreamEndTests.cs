namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>After the first output an answer is its upstream's alone: it is whole, or it ends in an error event.</summary>
public sealed class StreamEndTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Echo = """{"messages":[{"role":"user","content":"Grüße, 世界! 🌍 one two naïve 👩‍💻 end"}]}""";

    public static TheoryData<string, string> Broken => Lanes.OfWires("cut3", "end3", "stall3", "err3");

    public static TheoryData<string, bool, string> Oddities =>
        Lanes.Of("gzip", "crlf", "comments", "split1", "utf8", "utf8-split1-crlf-comments", "gzip-split1-crlf", "nodone", "t20-d2");

    public static TheoryData<string, bool, string> Each => Lanes.Of("");

    public static TheoryData<string, string> EachWire => Lanes.OfWires("");

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task F_BrokenAfterOutput_EndsInErrorEvent(string wire, string fault)
    {
        var (bad, other) = (new Target(wire, $"c9-d15-{fault}") { Idle = Target.ShortTimeout }, new Target(wire, "c3"));
        await using var bench = await fixture.StartAsync(bad, other);

        var seen = await bench.AskAsync(stream: true, """{"stream_options":{"include_usage":true}}""");

        seen.AssertCut(fault switch
        {
            "stall3" => "upstream_timeout",
            "err3" => "upstream_error",
            _ => "upstream_stream_cut",
        });
        Assert.Equal(3, seen.Content.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Null(seen.Usage);
        Assert.Single(bench.ReceivedBy(bad));
        Assert.Empty(bench.ReceivedBy(other));
        var row = await bench.RowAsync();
        Assert.Equal(("cut", 200, 1), (row.Status, row.HttpStatus, row.Attempts));
        Assert.InRange(row.Completion, 3, 12);
        Assert.True(row.Estimated);
        Assert.True(row.Prompt > 0);
    }

    [Theory]
    [MemberData(nameof(EachWire))]
    public async Task F_MalformedChunk_SkippedAndTheStreamCompletes(string wire, string label)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, $"echo-bad2{label}"));

        var seen = await bench.AskAsync(stream: true, Echo);

        seen.AssertWhole();
        Assert.Equal("Grüße, 世界! 🌍 one two naïve 👩‍💻 end", seen.Content);
        Assert.Equal("ok", (await bench.RowAsync()).Status);
    }

    [Theory]
    [InlineData("openai", "bad0")]
    [InlineData("anthropic", "bad0")]
    [InlineData("gemini", "bad0")]
    public async Task F_MalformedFirstChunk_SkippedAndTheStreamCompletes(string wire, string fault)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, $"echo-{fault}"));

        var seen = await bench.AskAsync(stream: true, Echo);

        seen.AssertWhole();
        Assert.Equal("Grüße, 世界! 🌍 one two naïve 👩‍💻 end", seen.Content);
    }

    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task F_OddButSound_ArrivesUnchanged(string wire, bool stream, string odd)
    {
        var target = new Target(wire, $"echo-{odd}");
        await using var bench = await fixture.StartAsync(target);

        var seen = await bench.AskAsync(stream, Echo);

        seen.AssertWhole();
        Assert.Equal("Grüße, 世界! 🌍 one two naïve 👩‍💻 end", seen.Content);
        Assert.Equal(["stop"], seen.FinishReasons);
        Assert.Equal("1", seen.Header("x-tollgate-attempts"));
        Assert.Null(seen.Header("Content-Encoding"));
        var row = await bench.RowAsync();
        Assert.Equal(("ok", 8L, false), (row.Status, row.Completion, row.Estimated));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task F_FiveMegabyteLine_ArrivesWhole(string wire, bool stream, string label)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, $"c2-bigline{label}"));

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal(5 * 1024 * 1024, seen.Content.Count(c => c == 'x'));
        Assert.Equal(2, (await bench.RowAsync()).Completion);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task F_NoUsage_CountedAndMarkedEstimated(string wire, bool stream, string label)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, $"c20-nousage{label}"));

        var seen = await bench.AskAsync(stream, stream ? """{"stream_options":{"include_usage":true}}""" : "{}");

        seen.AssertWhole();
        var row = await bench.RowAsync();
        Assert.Equal(("ok", true), (row.Status, row.Estimated));
        Assert.InRange(row.Completion, 20, 200);
        Assert.InRange(row.Prompt, 5, 50);
        if (stream)
        {
            Assert.Equal(row.Completion, (long?)seen.Usage?["completion_tokens"]);
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task F_Filter_EndsAsContentFilter(string wire, bool stream, string label)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, $"c8-filter{label}"));

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal(["content_filter"], seen.FinishReasons);
        Assert.Equal(4, (await bench.RowAsync()).Completion);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task F_Length_EndsAsLength(string wire, bool stream, string label)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, $"c8-length{label}"));

        var seen = await bench.AskAsync(stream);

        seen.AssertWhole();
        Assert.Equal(["length"], seen.FinishReasons);
    }

    [Theory]
    [MemberData(nameof(EachWire))]
    public async Task F_UsageNotAskedFor_NoUsageChunkButARowFromTheProvidersNumbers(string wire, string label)
    {
        await using var bench = await fixture.StartAsync(new Target(wire, $"c6{label}"));

        var seen = await bench.AskAsync(stream: true);

        seen.AssertWhole();
        Assert.DoesNotContain(seen.Chunks, chunk => chunk["choices"] is null or System.Text.Json.Nodes.JsonArray { Count: 0 });
        var row = await bench.RowAsync();
        Assert.Equal((5L, 6L, false, (5 * 1L) + (6 * 2L)), (row.Prompt, row.Completion, row.Estimated, row.Cost));
    }
}
