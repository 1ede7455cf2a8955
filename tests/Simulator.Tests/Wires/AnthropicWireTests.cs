using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests.Wires;

public sealed class AnthropicWireTests
{
    private const string Tools = """{"tools":[{"name":"clock","input_schema":{"type":"object","properties":{"zone":{"type":"string"}},"required":["zone"]}}]""";

    [Fact]
    public async Task Complete_PlainPrompt_AnswersWithMessage()
    {
        await using var sim = await Sim.StartAsync();
        var (status, body) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim-c3-think-cached1"));
        Assert.Equal(200, status);
        Assert.Equal(["thinking", "text"], body["content"]!.AsArray().Select(b => (string?)b!["type"]));
        Assert.False(string.IsNullOrEmpty((string?)body["content"]![0]!["signature"]));
        Assert.Equal("end_turn", (string?)body["stop_reason"]);
        Assert.Equal(3, (int?)body["usage"]!["input_tokens"]);
        Assert.Equal(1, (int?)body["usage"]!["cache_read_input_tokens"]);
        Assert.Equal(17, (int?)body["usage"]!["output_tokens"]);
    }

    [Fact]
    public async Task Stream_Text_SendsEventsInOrder()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.Anthropic, Bodies.Anthropic("sim-c2", stream: true));
        Assert.Equal(
            ["message_start", "ping", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            items.Select(i => i.Name));
        Assert.All(items, i => Assert.Equal(i.Name, (string?)i.Json["type"]));
        Assert.Equal(4, (int?)items[0].Json["message"]!["usage"]!["input_tokens"]);
        Assert.Equal(2, (int?)items[6].Json["usage"]!["output_tokens"]);
        Assert.Equal("end_turn", (string?)items[6].Json["delta"]!["stop_reason"]);
    }

    [Fact]
    public async Task Stream_ThinkingAndTools_NumbersBlocksAndJoinsInput()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.Anthropic, Bodies.Anthropic("sim-think-tool2", stream: true, Tools + "}"));

        var starts = items.Where(i => i.Name == "content_block_start").Select(i => i.Json).ToList();
        Assert.Equal(["thinking", "tool_use", "tool_use"], starts.Select(s => (string?)s["content_block"]!["type"]));
        Assert.Equal([0, 1, 2], starts.Select(s => (int)s["index"]!));
        var input = string.Concat(items.Where(i => i.Name == "content_block_delta" && (int?)i.Json["index"] == 2).Select(i => (string?)i.Json["delta"]!["partial_json"]));
        Assert.Equal("sample", (string?)JsonNode.Parse(input)!["zone"]);
        Assert.Contains(items, i => (string?)i.Json["delta"]?["type"] == "signature_delta");
        Assert.Equal("tool_use", (string?)items[^2].Json["delta"]!["stop_reason"]);
    }

    [Fact]
    public async Task Complete_ToolDemanded_CallsIt()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim", extra: Tools + ""","tool_choice":{"type":"any"}}"""));
        Assert.Equal("sample", (string?)Assert.Single(body["content"]!.AsArray())!["input"]!["zone"]);
    }

    [Fact]
    public async Task Complete_MaxTokens_StopsByMaxTokens()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim", extra: """{"max_tokens":2}"""));
        Assert.Equal("max_tokens", (string?)body["stop_reason"]);
        Assert.Equal("Hello from ", (string?)body["content"]![0]!["text"]);
        Assert.Equal(2, (int?)body["usage"]!["output_tokens"]);
    }

    [Fact]
    public async Task Complete_OutputFormat_AnswersWithValidJson()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim", extra: """
            {"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}}
            """));
        Assert.Equal("""{"n":1}""", (string?)body["content"]![0]!["text"]);
    }

    [Theory]
    [InlineData("""{"max_tokens":0}""", "max_tokens")]
    [InlineData("""{"temperature":1.5}""", "temperature")]
    [InlineData("""{"stream_options":{}}""", "stream_options: Extra inputs are not permitted")]
    [InlineData("""{"stop_sequences":[" "]}""", "non-whitespace")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":100}}""", "1024")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":4096}}""", "greater than")]
    [InlineData("""{"messages":[]}""", "at least one message")]
    [InlineData("""{"messages":[{"role":"assistant","content":"x"}]}""", "first message")]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"system","content":"x"}]}""", "messages.1")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}""", "non-empty")]
    [InlineData("""{"messages":[{"role":"user","content":""}]}""", "non-empty")]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"x "}]}""", "trailing whitespace")]
    public async Task Complete_InvalidRequest_IsRefused(string extra, string message)
    {
        await using var sim = await Sim.StartAsync();
        var (status, body) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim", extra: extra));
        Assert.Equal(400, status);
        Assert.Equal("error", (string?)body["type"]);
        Assert.Equal("invalid_request_error", (string?)body["error"]!["type"]);
        Assert.Contains(message, (string?)body["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"tool_result","tool_use_id":"b"},{"type":"text","text":"so?"}]""", 200)]
    [InlineData("""[{"type":"tool_result","tool_use_id":"a","content":"1"}]""", 400)]
    [InlineData("""[{"type":"tool_result","tool_use_id":"a"},{"type":"text","text":"so?"},{"type":"tool_result","tool_use_id":"b"}]""", 400)]
    [InlineData("""[{"type":"tool_result","tool_use_id":"a"},{"type":"tool_result","tool_use_id":"b"},{"type":"tool_result","tool_use_id":"c"}]""", 400)]
    [InlineData("""[{"type":"text","text":"so?"}]""", 400)]
    public async Task Complete_ToolResults_HaveToFollowTheirCalls(string results, int expected)
    {
        await using var sim = await Sim.StartAsync();
        var messages = $$$"""
            {"messages":[{"role":"user","content":"x"},
              {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"tool_use","id":"b","name":"f","input":{}}]},
              {"role":"user","content":{{{results}}}}]}
            """;
        var (status, _) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim", extra: messages));
        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Complete_WithoutVersion_IsRefused()
    {
        await using var sim = await Sim.StartAsync();
        sim.Client.DefaultRequestHeaders.Remove("anthropic-version");
        var (status, body) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim"));
        Assert.Equal(400, status);
        Assert.Contains("anthropic-version", (string?)body["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Complete_WithoutKey_IsRefused()
    {
        await using var sim = await Sim.StartAsync();
        sim.Client.DefaultRequestHeaders.Authorization = null;
        var (status, body) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim"));
        Assert.Equal(401, status);
        Assert.Equal("authentication_error", (string?)body["error"]!["type"]);
        (status, _) = await sim.PostAsync(Sim.Anthropic, Bodies.Anthropic("sim"), r => r.Headers.Add("x-api-key", "k"));
        Assert.Equal(200, status);
    }

    [Fact]
    public async Task Vertex_RawPredict_TakesModelFromPath()
    {
        await using var sim = await Sim.StartAsync();
        var (status, body) = await sim.PostAsync(Sim.VertexAnthropic + "sim-c2:rawPredict", Bodies.VertexAnthropic());
        Assert.Equal(200, status);
        Assert.Equal("sim-c2", (string?)body["model"]);
        var items = await sim.StreamAsync(Sim.VertexAnthropic + "sim-c2:streamRawPredict", Bodies.VertexAnthropic());
        Assert.Equal("message_stop", items[^1].Name);
    }

    [Theory]
    [InlineData("""{"model":"sim"}""")]
    [InlineData("""{"anthropic_version":"2023-06-01"}""")]
    public async Task Vertex_BodyOfTheOtherApi_IsRefused(string extra)
    {
        await using var sim = await Sim.StartAsync();
        var (status, _) = await sim.PostAsync(Sim.VertexAnthropic + "sim:rawPredict", Bodies.VertexAnthropic(extra));
        Assert.Equal(400, status);
    }
}
