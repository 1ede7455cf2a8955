using System.Text;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests.Wires;

public sealed class GeminiWireTests
{
    private const string Tools = """{"tools":[{"functionDeclarations":[{"name":"clock","parameters":{"type":"OBJECT","properties":{"hours":{"type":"INTEGER"}}}}]}]""";

    [Fact]
    public async Task Complete_PlainPrompt_AnswersWithCandidate()
    {
        await using var sim = await Sim.StartAsync();
        var (status, body) = await sim.PostAsync(Sim.Gemini("sim-c3-cached2"), Bodies.Gemini());
        Assert.Equal(200, status);
        Assert.Equal("Hello from sim-c3-cached2. ", (string?)body["candidates"]![0]!["content"]!["parts"]![0]!["text"]);
        Assert.Equal("STOP", (string?)body["candidates"]![0]!["finishReason"]);
        Assert.Equal(4, (int?)body["usageMetadata"]!["promptTokenCount"]);
        Assert.Equal(3, (int?)body["usageMetadata"]!["candidatesTokenCount"]);
        Assert.Equal(7, (int?)body["usageMetadata"]!["totalTokenCount"]);
        Assert.Equal(2, (int?)body["usageMetadata"]!["cachedContentTokenCount"]);
    }

    [Fact]
    public async Task Stream_Thinking_EveryChunkHasUsageAndOnlyTheLastAFinish()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.Gemini("sim-c3-think", stream: true), Bodies.Gemini());
        Assert.All(items, i => Assert.NotNull(i.Json["usageMetadata"]));
        Assert.All(items.SkipLast(1), i => Assert.Null(i.Json["candidates"]![0]!["finishReason"]));
        Assert.Equal("STOP", (string?)items[^1].Json["candidates"]![0]!["finishReason"]);
        Assert.Equal(14, items.Count(i => (bool?)Part(i)["thought"] == true));
        Assert.Equal("", (string?)Part(items[^1])["text"]);
        Assert.NotNull(Part(items[^1])["thoughtSignature"]);
        Assert.Equal(14, (int?)items[^1].Json["usageMetadata"]!["thoughtsTokenCount"]);
        Assert.Equal(3, (int?)items[^1].Json["usageMetadata"]!["candidatesTokenCount"]);
    }

    [Fact]
    public async Task Stream_Tools_SendsWholeCallsWithIdAndSignature()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.Gemini("sim-tool2", stream: true), Bodies.Gemini(Tools + "}"));
        var calls = items.Select(Part).Where(p => p["functionCall"] is not null).ToList();
        Assert.Equal(2, calls.Count);
        Assert.NotEqual((string?)calls[0]["functionCall"]!["id"], (string?)calls[1]["functionCall"]!["id"]);
        Assert.Equal(1, (int?)calls[0]["functionCall"]!["args"]!["hours"]);
        Assert.NotNull(calls[0]["thoughtSignature"]);
        Assert.Equal("STOP", (string?)items[^1].Json["candidates"]![0]!["finishReason"]);
    }

    [Fact]
    public async Task Stream_WithoutAltSse_AnswersWithArray()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync("/v1beta/models/sim-c3:streamGenerateContent", Bodies.Gemini());
        Assert.Equal(4, body.AsArray().Count);
    }

    [Fact]
    public async Task Complete_SnakeCaseAndSchema_AnswersWithValidJson()
    {
        await using var sim = await Sim.StartAsync();
        var (status, body) = await sim.PostAsync(Sim.Gemini("sim"), Bodies.Gemini("""
            {"generation_config":{"response_mime_type":"application/json","response_schema":{"type":"OBJECT","properties":{"a":{"type":"ARRAY","items":{"type":"STRING","enum":["x"]}}}}}}
            """));
        Assert.Equal(200, status);
        Assert.Equal("""{"a":["x"]}""", (string?)body["candidates"]![0]!["content"]!["parts"]![0]!["text"]);
    }

    [Fact]
    public async Task Complete_ModeAny_CallsAllowedFunction()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.Gemini("sim"), Bodies.Gemini(Tools + ""","toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["clock"]}}}"""));
        Assert.Equal("clock", (string?)body["candidates"]![0]!["content"]!["parts"]![0]!["functionCall"]!["name"]);
    }

    [Fact]
    public async Task Complete_MaxOutputTokens_FinishesByMaxTokens()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.Gemini("sim"), Bodies.Gemini("""{"generationConfig":{"maxOutputTokens":2}}"""));
        Assert.Equal("MAX_TOKENS", (string?)body["candidates"]![0]!["finishReason"]);
        Assert.Equal(2, (int?)body["usageMetadata"]!["candidatesTokenCount"]);
    }

    [Theory]
    [InlineData("""{"contents":[]}""", "contents is not specified")]
    [InlineData("""{"stream":true}""", "\"stream\"")]
    [InlineData("""{"labels":{}}""", "\"labels\"")]
    [InlineData("""{"generationConfig":{"stream_options":{}}}""", "\"stream_options\"")]
    [InlineData("""{"generationConfig":{"thinkingConfig":{"thinkingBudget":1,"thinkingLevel":"low"}}}""", "thinking level")]
    [InlineData("""{"contents":[{"role":"assistant","parts":[{"text":"x"}]}]}""", "valid role")]
    [InlineData("""{"contents":[{"role":"user","parts":[]}]}""", "parts must not be empty")]
    public async Task Complete_InvalidRequest_IsRefused(string extra, string message)
    {
        await using var sim = await Sim.StartAsync();
        var (status, body) = await sim.PostAsync(Sim.Gemini("sim"), Bodies.Gemini(extra));
        Assert.Equal(400, status);
        Assert.Equal("INVALID_ARGUMENT", (string?)body["error"]!["status"]);
        Assert.Contains(message, (string?)body["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"functionResponse":{"name":"f","response":{}}},{"functionResponse":{"name":"f","response":{}}}""", 200)]
    [InlineData("""{"functionResponse":{"name":"f","response":{}}}""", 400)]
    [InlineData("""{"functionResponse":{"name":"f","response":{}}},{"functionResponse":{"name":"","response":{}}}""", 400)]
    [InlineData("""{"text":"no"}""", 400)]
    public async Task Complete_FunctionResponses_HaveToMatchTheCalls(string parts, int expected)
    {
        await using var sim = await Sim.StartAsync();
        var (status, _) = await sim.PostAsync(Sim.Gemini("sim"), Bodies.Gemini($$$$"""
            {"contents":[{"role":"user","parts":[{"text":"x"}]},
              {"role":"model","parts":[{"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"f","args":{}}}]},
              {"role":"user","parts":[{{{{parts}}}}]}]}
            """));
        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Complete_Keys_AreCheckedInGooglesWay()
    {
        await using var sim = await Sim.StartAsync();
        sim.Client.DefaultRequestHeaders.Remove("x-goog-api-key");
        var (none, _) = await sim.PostAsync(Sim.Gemini("sim"), Bodies.Gemini());
        var (query, _) = await sim.PostAsync(Sim.Gemini("sim") + "?key=k", Bodies.Gemini());
        var (invalid, body) = await sim.PostAsync(Sim.Gemini("sim") + "?key=invalid", Bodies.Gemini());
        Assert.Equal((403, 200, 400), (none, query, invalid));
        Assert.Equal("API_KEY_INVALID", (string?)body["error"]!["details"]![0]!["reason"]);
    }

    [Fact]
    public async Task Vertex_BearerAndLabels_AreAccepted()
    {
        await using var sim = await Sim.StartAsync();
        var (status, _) = await sim.PostAsync(Sim.VertexGoogle + "sim:generateContent", Bodies.Gemini("""{"labels":{"a":"b"}}"""));
        Assert.Equal(200, status);
        var items = await sim.StreamAsync(Sim.VertexGoogle + "sim-c2:streamGenerateContent?alt=sse", Bodies.Gemini());
        Assert.Equal(3, items.Count);
        sim.Client.DefaultRequestHeaders.Authorization = null;
        (status, var body) = await sim.PostAsync(Sim.VertexGoogle + "sim:generateContent", Bodies.Gemini());
        Assert.Equal(401, status);
        Assert.Equal("UNAUTHENTICATED", (string?)body["error"]!["status"]);
    }

    [Theory]
    [InlineData("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c", 200)]
    [InlineData("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=abc", 400)]
    [InlineData("grant_type=password", 400)]
    public async Task Token_Grant_IsChecked(string form, int expected)
    {
        await using var sim = await Sim.StartAsync();
        using var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await sim.Client.PostAsync("/token", content);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(expected == 200 ? 3600 : null, (int?)body["expires_in"]);
        Assert.Equal(expected == 200, body["access_token"] is not null);
    }

    private static JsonNode Part(SseItem item) => item.Json["candidates"]![0]!["content"]!["parts"]![0]!;
}
