using System.Text.Json.Nodes;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary><c>POST /v1/route</c>, and what replies say of their way.</summary>
public sealed class ExplainTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Path = "/v1/route";

    [Fact]
    public async Task Route_TellsPlanScoresAndEveryExclusion_AndSpendsNothing()
    {
        var time = new ManualTime();
        var resting = new Target("openai", "f429-ra30");
        Target[] targets = [resting, new("openai", "c3"), new("anthropic", "c3"), new("openai", "c3") { ContextWindow = 2 }];
        await using var bench = await fixture.StartAsync(new BenchOptions
        {
            Time = time,
            Settings = new Dictionary<string, string> { ["REGION_NAME"] = "Test Land" },
            Configure = config =>
            {
                config["deployments"]!["anthropic-3"]!["region"] = "abroad";
                config["tenants"]!["t"]!["regions"] = new JsonArray("testland");
                config["models"]![Bench.Model]!["tiers"] = new JsonArray(
                    new JsonObject { ["strategy"] = "lowest-cost", ["targets"] = new JsonArray("openai-1", "openai-2") },
                    new JsonObject { ["targets"] = new JsonArray("anthropic-3", "openai-4") });
            },
        }, targets);
        (await bench.AskAsync(stream: false)).AssertWhole();
        var (rows, requests) = ((await bench.RowsAsync()).Count, bench.Requests.Snapshot().Count);

        var explained = (await bench.PostAsync(Bench.Body(stream: true, """{"max_tokens":100}"""), Path)).Json;

        Assert.Equal(("route", Bench.Model, "testland"), ((string?)explained["object"], (string?)explained["model"], (string?)explained["region"]));
        var planned = Assert.Single(explained["plan"]!.AsArray())!;
        Assert.Equal((1, "openai-2", "openai-2", "testland", 1, "lowest-cost", "micro_usd", true), (
            (int)planned["position"]!, (string?)planned["deployment"], (string?)planned["provider"], (string?)planned["region"], (int)planned["tier"]!, (string?)planned["strategy"], (string?)planned["unit"], (bool)planned["near"]!));
        Assert.Equal((5, 3, 0, 0), ((int)planned["expected"]!["prompt_tokens"]!, (int)planned["expected"]!["output_tokens"]!, (int)planned["expected"]!["cached_share"]!, (int)planned["in_flight"]!));
        Assert.Equal(5 + (2 * 3), (double)planned["score"]!, 0.01);
        Assert.Equal(
            [("openai-1", 1, "resting"), ("anthropic-3", 2, "region"), ("openai-4", 2, "context_window")],
            explained["excluded"]!.AsArray().Select(one => ((string)one!["deployment"]!, (int)one["tier"]!, (string)one["reason"]!)));
        Assert.Equal(30_000, (int)explained["excluded"]![0]!["for_ms"]!);
        Assert.Equal(2, (int)explained["excluded"]![2]!["available"]!);
        Assert.Equal((rows, requests), ((await bench.RowsAsync()).Count, bench.Requests.Snapshot().Count));
    }

    [Fact]
    public async Task Route_NoTargetFits_IsAnAnswerToo()
    {
        await using var bench = await fixture.StartAsync(new BenchOptions { Configure = config => config["deployments"]!["openai-1"]!["capabilities"] = new JsonArray() }, new Target("openai", "c3"));

        var explained = (await bench.PostAsync(Bench.Body(stream: false, """{"tools":[{"type":"function","function":{"name":"f"}}]}"""), Path)).Json;

        Assert.Empty(explained["plan"]!.AsArray());
        var excluded = Assert.Single(explained["excluded"]!.AsArray())!;
        Assert.Equal(("capability", "tools", "does not take tools"), ((string?)excluded["reason"], (string?)excluded["param"], (string?)excluded["detail"]));
    }

    [Theory]
    [InlineData("""{"model":"nope","messages":[{"role":"user","content":"x"}]}""", 404, "model_not_found")]
    [InlineData("""{"model":"m"}""", 400, null)]
    public async Task Route_WhatAChatCompletionRefuses_IsRefusedTheSame(string body, int status, string? code)
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c3"));
        var (route, chat) = (await bench.PostAsync(body, Path), await bench.PostAsync(body));
        Assert.Equal((chat.Status, chat.ErrorCode, chat.ErrorParam), (route.Status, route.ErrorCode, route.ErrorParam));
        Assert.Equal(status, route.Status);
        Assert.True(code is null || route.ErrorCode == code);
    }

    [Fact]
    public async Task Route_WithoutAKey_Is401()
    {
        await using var bench = await fixture.StartAsync(new Target("openai", "c3"));
        bench.Client.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(401, (await bench.PostAsync(Bench.Body(stream: false), Path)).Status);
    }

    [Theory]
    [InlineData("x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 30s\r\n")]
    [InlineData("x-ratelimit-remaining-tokens: 1\r\nx-ratelimit-reset-tokens: 30s\r\n")]
    public async Task E_QuotaUsedUpAtTheProvider_NextCallGoesElsewhere_UntilTheReset(string headers)
    {
        var time = new ManualTime();
        await using var upstream = RawUpstream.Canned("application/json", """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}}""", headers);
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, new Target("openai", "raw") { Endpoint = upstream.Address }, new Target("openai", "c3"));

        Assert.Equal("priority", (await bench.AskAsync(stream: false)).Header("x-tollgate-route-reason"));
        Assert.Equal("priority; tier=2; skipped=quota", (await bench.AskAsync(stream: false)).Header("x-tollgate-route-reason"));
        var explained = (await bench.PostAsync(Bench.Body(stream: false), Path)).Json;
        Assert.Equal(["openai-2", "openai-1"], explained["plan"]!.AsArray().Select(one => (string)one!["deployment"]!));
        Assert.Equal("quota", (string?)explained["plan"]![1]!["last_resort"]!["reason"]);

        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("openai-1", (await bench.AskAsync(stream: false)).Header("x-tollgate-deployment"));
        Assert.Equal(2, upstream.Requests);
    }
}
