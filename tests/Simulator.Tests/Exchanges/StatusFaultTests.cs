using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests.Exchanges;

public sealed class StatusFaultTests
{
    [Theory]
    [InlineData("openai", "sim-f429", 429, "error.code", "rate_limit_exceeded")]
    [InlineData("openai", "sim-f500", 500, "error.type", "server_error")]
    [InlineData("openai", "sim-f404", 404, "error.code", "model_not_found")]
    [InlineData("azure", "sim-f429", 429, "error.code", "429")]
    [InlineData("anthropic", "sim-f429", 429, "error.type", "rate_limit_error")]
    [InlineData("anthropic", "sim-f529", 529, "error.type", "overloaded_error")]
    [InlineData("gemini", "sim-f429", 429, "error.status", "RESOURCE_EXHAUSTED")]
    [InlineData("gemini", "sim-f503", 503, "error.status", "UNAVAILABLE")]
    [InlineData("openai", "sim-quota", 429, "error.code", "insufficient_quota")]
    [InlineData("anthropic", "sim-quota", 429, "error.type", "rate_limit_error")]
    [InlineData("gemini", "sim-quota", 429, "error.status", "RESOURCE_EXHAUSTED")]
    [InlineData("openai", "sim-overflow", 400, "error.code", "context_length_exceeded")]
    [InlineData("anthropic", "sim-overflow", 400, "error.message", "prompt is too long: 8193 tokens > 8192 maximum")]
    [InlineData("gemini", "sim-overflow", 400, "error.message", "The input token count (8193) exceeds the maximum number of tokens allowed (8192).")]
    [InlineData("openai", "sim-ctx3", 400, "error.code", "context_length_exceeded")]
    [InlineData("openai", "sim-block", 400, "error.code", "content_filter")]
    [InlineData("azure", "sim-block", 400, "error.innererror.code", "ResponsibleAIPolicyViolation")]
    public async Task Fault_OnEachWire_HasTheWiresForm(string wire, string model, int expected, string path, string value)
    {
        await using var sim = await Sim.StartAsync();
        foreach (var stream in new[] { false, true })
        {
            var (url, request) = Wire.Request(wire, model, stream);
            var (status, body) = await sim.PostAsync(url, request);
            Assert.Equal(expected, status);
            Assert.Equal(value, path.Split('.').Aggregate((JsonNode?)body, (n, name) => n?[name])?.ToString());
        }
    }

    [Fact]
    public async Task ContextWindow_PromptFits_IsAnswered()
    {
        await using var sim = await Sim.StartAsync();
        var (status, _) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-ctx4"));
        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("gpt-4o-sim-f429x2")]
    [InlineData("sim-f429-xfail2")]
    public async Task Status_LimitedToTwo_ThirdIsAnsweredUntilReset(string model)
    {
        await using var sim = await Sim.StartAsync();
        Assert.Equal([429, 429, 200], await StatusesAsync(sim, model, 3));
        using var response = await sim.Client.PostAsync("/__sim/reset", content: null);
        Assert.Equal([429], await StatusesAsync(sim, model, 1));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task RetryAfter_OnFailure_IsSent(string wire)
    {
        await using var sim = await Sim.StartAsync();
        var (path, body) = Wire.Request(wire, "sim-f503-ra7", stream: false);
        using var failed = await sim.SendAsync(path, body);
        Assert.Equal(TimeSpan.FromSeconds(7), failed.Headers.RetryAfter?.Delta);
        (path, body) = Wire.Request(wire, "sim-ra7", stream: false);
        using var answered = await sim.SendAsync(path, body);
        Assert.Null(answered.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("sim-html", 502)]
    [InlineData("sim-html200", 200)]
    public async Task Html_Asked_SendsAPage(string model, int expected)
    {
        await using var sim = await Sim.StartAsync();
        using var response = await sim.SendAsync(Sim.OpenAi, Bodies.OpenAi(model, stream: true));
        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("<!DOCTYPE html>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_WithTokens_HoldsForAnyModel()
    {
        await using var sim = await Sim.StartAsync();
        var (status, _) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("gpt-4o"), r => r.Headers.Add("x-sim", "f503"));
        Assert.Equal(503, status);
        (status, var body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("gpt-4o"), r => r.Headers.Add("x-sim", "f503-oops"));
        Assert.Equal(400, status);
        Assert.Contains("'oops'", (string?)body["error"]!["message"], StringComparison.Ordinal);
    }

    private static async Task<List<int>> StatusesAsync(Sim sim, string model, int count)
    {
        var statuses = new List<int>();
        for (var i = 0; i < count; i++)
            statuses.Add((await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi(model))).Status);
        return statuses;
    }
}
