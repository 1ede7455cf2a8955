using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>The gateway's own limits: never upstream, always with the time of the reset, never overspent.</summary>
public sealed class BudgetTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    public static TheoryData<string, bool, string> Each => Lanes.Of("");

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_TokensOfTheDayUsedUp_RefusedUntilMidnight(string wire, bool stream, string label)
    {
        var time = new ManualTime();
        var target = new Target(wire, $"c4000{label}");
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time, Limits = [("tokens", "day", 5_000)] }, target);

        var first = await bench.AskAsync(stream);
        var second = await bench.AskAsync(stream);
        var third = await bench.AskAsync(stream);

        first.AssertWhole();
        Assert.Equal(["stop"], first.FinishReasons);
        second.AssertWhole();
        Assert.Equal(["length"], second.FinishReasons);
        third.AssertError(429, "budget_exceeded");
        Assert.Contains("resets at 2026-11-06T00:00:00Z", (string)third.Error!["message"]!, StringComparison.Ordinal);
        Assert.Equal(("43200", "43200000"), (third.Header("Retry-After"), third.Header("retry-after-ms")));
        Assert.Equal(2, bench.ReceivedBy(target).Count);
        var rows = await bench.RowsAsync();
        Assert.Equal(["ok", "ok"], rows.Select(row => row.Status));
        Assert.InRange(rows.Sum(row => row.Prompt + row.Completion), 4_000, 5_000);

        time.Advance(TimeSpan.FromHours(12));
        (await bench.AskAsync(stream)).AssertWhole();
    }

    [Theory]
    [InlineData("openai", "max_tokens", null)]
    [InlineData("openai", "max_tokens", "max_tokens")]
    [InlineData("openai", "max_completion_tokens", "max_completion_tokens")]
    [InlineData("anthropic", "max_tokens", null)]
    [InlineData("anthropic", "max_tokens", "max_completion_tokens")]
    [InlineData("gemini", "generationConfig.maxOutputTokens", null)]
    [InlineData("gemini", "generationConfig.maxOutputTokens", "max_tokens")]
    public async Task E_LessIsLeftThanAsked_CapIsLoweredAndSentUpstream(string wire, string path, string? asked)
    {
        var target = new Target(wire, "c3000");
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("tokens", "day", 1_000)] }, target);

        var seen = await bench.AskAsync(stream: true, asked is null ? "{}" : $$"""{"{{asked}}":3000}""");

        seen.AssertWhole();
        Assert.Equal(["length"], seen.FinishReasons);
        JsonNode? cap = JsonNode.Parse(Assert.Single(bench.ReceivedBy(target)).BodyText);
        foreach (var name in path.Split('.'))
        {
            cap = cap?[name];
        }
        Assert.InRange((long)cap!, 256, 995);
        var row = await bench.RowAsync();
        Assert.Equal((long)cap!, row.Completion);
        Assert.InRange(row.Prompt + row.Completion, 256, 1_000);
    }

    [Theory]
    [InlineData("openai", "{}")]
    [InlineData("openai", """{"max_tokens":3000}""")]
    [InlineData("openai", """{"max_completion_tokens":10,"max_tokens":3000}""")]
    [InlineData("anthropic", """{"max_tokens":3000}""")]
    [InlineData("gemini", "{}")]
    [InlineData("gemini", """{"max_tokens":3000}""")]
    public async Task E_MoreAskedThanTheDeploymentMayDo_UpstreamIsHeldToWhatWasReserved(string wire, string extra)
    {
        var target = new Target(wire, "c3000") { MaxOutput = 600 };
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("tokens", "day", 100_000)] }, target);

        (await bench.AskAsync(stream: false, extra)).AssertWhole();

        Assert.InRange(Assert.Single(bench.ReceivedBy(target)).CompletionTokens, 1, 600);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public async Task E_UsersLimit_HoldsForEachUser_AndTheHeaderStaysHere(string wire, bool stream, string label)
    {
        var target = new Target(wire, $"c3{label}");
        await using var bench = await fixture.StartAsync(new BenchOptions { Configure = config => config["tenants"]!["t"]!["limits"] = Limit("requests", "day", 1, "user") }, target);

        var first = await AskAsync(bench, stream, "ann", "{}");
        var second = await AskAsync(bench, stream, "ann", """{"user":"bob"}""");
        var bobs = await AskAsync(bench, stream, null, """{"user":"bob"}""");
        var nobodys = await bench.AskAsync(stream);
        var nobodysNext = await bench.AskAsync(stream);

        Assert.Equal([200, 429, 200, 200, 429], new[] { first, second, bobs, nobodys, nobodysNext }.Select(seen => seen.Status));
        second.AssertError(429, "budget_exceeded");
        Assert.StartsWith("The limit of 1 requests per day for this user is reached.", (string)second.Error!["message"]!, StringComparison.Ordinal);
        Assert.Equal(("1", "0"), (bobs.Header("x-ratelimit-limit-requests"), bobs.Header("x-ratelimit-remaining-requests")));
        var received = bench.ReceivedBy(target);
        Assert.Equal(3, received.Count);
        Assert.All(received, request => Assert.DoesNotContain("x-tollgate-user", request.Headers.Keys, StringComparer.OrdinalIgnoreCase));
        Assert.All(received, request => Assert.DoesNotContain("ann", request.BodyText, StringComparison.Ordinal));
        Assert.True(wire != "openai" || (string?)JsonNode.Parse(received[1].BodyText)!["user"] == "bob");
    }

    [Theory]
    [InlineData(null, "{\"user\":7}", "user")]
    [InlineData(null, "{\"user\":\"a\\u0007b\"}", "user")]
    [InlineData("a\u007fb", "{\"user\":\"ann\"}", "x-tollgate-user")]
    public async Task E_UserThatIsNoName_400NamesIt(string? header, string extra, string param)
    {
        await using var bench = await fixture.StartAsync(new BenchOptions { Configure = config => config["tenants"]!["t"]!["limits"] = Limit("requests", "day", 1, "user") }, new Target("openai", "c3"));
        var seen = await AskAsync(bench, stream: false, header, extra);
        Assert.Equal((400, param), (seen.Status, seen.ErrorParam));
    }

    [Theory]
    [InlineData("openai", false, """{"max_tokens":64}""")]
    [InlineData("openai", true, """{"n":2,"max_tokens":64}""")]
    [InlineData("gemini", false, """{"n":2,"max_tokens":64}""")]
    [InlineData("anthropic", true, "{}")]
    public async Task E_SixtyFourCallsAtOnce_NeverMoreThanTheBudget(string wire, bool stream, string extra)
    {
        const int Budget = 5_000;
        var target = new Target(wire, "c500-t20") { MaxOutput = 600 };
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("tokens", "day", Budget)] }, target);

        var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => bench.AskAsync(stream, extra)));

        Assert.All(all, seen => Assert.True(seen.Status is 200 or 429));
        Assert.All(all.Where(seen => seen.Status == 429), seen => Assert.Equal("budget_exceeded", seen.ErrorCode));
        var (answered, rows) = (all.Count(seen => seen.Status == 200), await bench.RowsAsync());
        Assert.InRange(answered, 2, 63);
        Assert.Equal(answered, rows.Count);
        Assert.Equal(answered, bench.ReceivedBy(target).Count);
        Assert.InRange(rows.Sum(row => row.Prompt + row.Completion), 1, Budget);
    }

    [Fact]
    public async Task E_MoneyOfTheMonthUsedUp_Refused()
    {
        // 2 USD per million output tokens: 2,000 micro-USD are a thousand tokens.
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("microUsd", "month", 2_000)] }, new Target("openai", "c4000"));

        (await bench.AskAsync(stream: false)).AssertWhole();
        var refused = await bench.AskAsync(stream: false);

        refused.AssertError(429, "budget_exceeded");
        Assert.NotNull(refused.Header("Retry-After"));
        Assert.InRange((await bench.RowAsync()).Cost, 1_500, 2_000);
    }

    [Fact]
    public async Task E_RequestsPerMinute_RateLimitWithReset()
    {
        var time = new ManualTime();
        time.Advance(TimeSpan.FromSeconds(18));
        var target = new Target("openai", "c3");
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time, Limits = [("requests", "minute", 3)] }, target);

        var seen = new List<Seen>();
        for (var i = 0; i < 4; i++)
        {
            seen.Add(await bench.AskAsync(stream: false));
        }

        Assert.Equal([200, 200, 200, 429], seen.Select(answer => answer.Status));
        seen[3].AssertError(429, "rate_limit_exceeded");
        Assert.Equal("42", seen[3].Header("Retry-After"));
        Assert.Contains("resets at 2026-11-05T12:01:00Z", (string)seen[3].Error!["message"]!, StringComparison.Ordinal);
        Assert.Equal(3, bench.ReceivedBy(target).Count);
        time.Advance(TimeSpan.FromSeconds(double.Parse(seen[3].Header("Retry-After")!, CultureInfo.InvariantCulture)));
        (await bench.AskAsync(stream: false)).AssertWhole();
    }

    [Theory]
    [InlineData("\\u006d\\u0061x_tokens", "100000")]
    [InlineData("m\\u0061x_completion_tokens", "100000")]
    [InlineData("\\u006e", "64")]
    [InlineData("model", "\"other\"")]
    [InlineData("\\u006dodel", "\"other\"")]
    public async Task E_NameWrittenWithEscapes_CountsLikeThePlainOne(string name, string value)
    {
        // A parser upstream reads the escaped name like the plain one: what the gateway does not see it would not hold back.
        var target = new Target("openai", "c4000");
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("tokens", "day", 1_000)] }, target);

        var json = $$"""{"messages":[{"role":"user","content":"x"}],"{{name}}":{{value}}}""";
        var seen = await bench.PostAsync(json, "/openai/deployments/m/chat/completions");

        Assert.InRange((await bench.RowsAsync()).Sum(row => row.Prompt + row.Completion), 0, 1_000);
        Assert.All(bench.Requests.Snapshot(), request => Assert.NotEqual("other", request.Model));
        Assert.True(seen.Status is 200 or 429);
    }

    private static JsonArray Limit(string unit, string window, long amount, string scope) =>
        [new JsonObject { ["unit"] = unit, ["window"] = window, ["amount"] = amount, ["scope"] = scope }];

    private static async Task<Seen> AskAsync(Bench bench, bool stream, string? user, string extra)
    {
        using var request = Bench.Request(stream, extra);
        if (user is not null)
        {
            request.Headers.TryAddWithoutValidation("x-tollgate-user", user);
        }
        using var response = await bench.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return await Seen.ReadAsync(response, CancellationToken.None);
    }
}
