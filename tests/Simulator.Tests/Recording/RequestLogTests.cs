using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests.Recording;

public sealed class RequestLogTests
{
    [Fact]
    public async Task Log_Request_KeepsAllOfIt()
    {
        await using var sim = await Sim.StartAsync(new InstantTime());
        await sim.PostAsync(Sim.OpenAi + "?a=b", Bodies.OpenAi("sim"), r => r.Headers.Add("X-Mine", "1"));
        var record = Assert.Single(sim.Server.Requests.Snapshot());
        Assert.Equal(("POST", "/v1/chat/completions", "?a=b", "sim"), (record.Method, record.Path, record.Query, record.Model));
        Assert.Equal("1", record.Headers["x-mine"]);
        Assert.Equal(Bodies.OpenAi("sim").ToJsonString(), record.BodyText);
        Assert.Equal(DateTimeOffset.UnixEpoch, record.Time);
        await record.WhenEnded.WaitAsync(Sim.Timeout);
        Assert.Equal(1, sim.Server.Requests.Served);
        Assert.False(record.Aborted);
    }

    [Theory]
    [InlineData("sim-c9", 4, 14)]
    [InlineData("sim-c9-f500", 0, 0)]
    public async Task Log_Answer_CountsItsTokensOverAllChoices(string model, int prompt, int completion)
    {
        await using var sim = await Sim.StartAsync(new InstantTime());
        var body = Bodies.OpenAi(model);
        (body["max_tokens"], body["n"]) = (7, 2);
        await sim.PostAsync(Sim.OpenAi, body);
        var record = Assert.Single(sim.Server.Requests.Snapshot());
        Assert.Equal((prompt, completion), (record.PromptTokens, record.CompletionTokens));
    }

    [Fact]
    public async Task Log_LargeBody_KeepsAMegabyteAndAnswers()
    {
        await using var sim = await Sim.StartAsync();
        var body = Bodies.OpenAi("sim");
        body["messages"]![0]!["content"] = new string('x', 40_000_000);
        var (status, _) = await sim.PostAsync(Sim.OpenAi, body);
        var record = Assert.Single(sim.Server.Requests.Snapshot());
        Assert.Equal(200, status);
        Assert.Equal(RecordedRequest.KeptBodyBytes, record.Body.Length);
        Assert.True(record.BodyLength > 40_000_000);
    }

    [Fact]
    public async Task Log_MoreThanCapacity_ForgetsTheOldest()
    {
        await using var sim = await Sim.StartAsync();
        for (var i = 0; i <= RequestLog.Capacity; i++)
            using (await sim.Client.GetAsync($"/nowhere/{i}"))
            {
            }

        var requests = sim.Server.Requests.Snapshot();
        Assert.Equal(RequestLog.Capacity, requests.Count);
        Assert.Equal("/nowhere/1", requests[0].Path);
        Assert.Equal(RequestLog.Capacity + 1, sim.Server.Requests.Received);
    }

    [Fact]
    public async Task WaitForAsync_RequestComesLater_Completes()
    {
        await using var sim = await Sim.StartAsync();
        var waiting = sim.Server.Requests.WaitForAsync(r => r.Model == "sim-b", Sim.Timeout);
        await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-a"));
        Assert.False(waiting.IsCompleted);
        await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-b"));
        Assert.Equal("sim-b", (await waiting).Model);
    }

    [Fact]
    public async Task WaitForAsync_NothingComes_TimesOut()
    {
        await using var sim = await Sim.StartAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => sim.Server.Requests.WaitForAsync(_ => true, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Control_Endpoints_ShowAndForget()
    {
        await using var sim = await Sim.StartAsync();
        await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim"));
        await sim.Server.Requests.WaitForAsync(r => r.WhenEnded.IsCompleted, Sim.Timeout);
        var shown = JsonNode.Parse(await sim.Client.GetStringAsync("/__sim/requests"))!.AsArray();
        Assert.Equal("sim", (string?)Assert.Single(shown)!["model"]);
        Assert.Contains("max_tokens", (string?)shown[0]!["body"], StringComparison.Ordinal);
        var stats = JsonNode.Parse(await sim.Client.GetStringAsync("/__sim/stats"))!;
        Assert.Equal((1, 1, 0), ((int)stats["received"]!, (int)stats["served"]!, (int)stats["activeStreams"]!));

        using var reset = await sim.Client.PostAsync("/__sim/reset", content: null);
        Assert.Empty(sim.Server.Requests.Snapshot());
        Assert.Equal(0, sim.Server.Requests.Served);
    }
}
