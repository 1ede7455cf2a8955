using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests.Wires;

public sealed class OpenAiWireTests
{
    private const string Tools = """
        {"tools":[
          {"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":3}},"required":["city","days"]}}},
          {"type":"function","function":{"name":"clock","parameters":{"type":"object","properties":{"zone":{"enum":["UTC","CET"]}}}}}]
        """;

    [Fact]
    public async Task Complete_PlainPrompt_AnswersDeterministically()
    {
        await using var sim = await Sim.StartAsync(new InstantTime());
        var (status, first) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim"));
        var (_, second) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim"));

        Assert.Equal(200, status);
        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        Assert.Equal("chat.completion", (string?)first["object"]);
        Assert.Equal("Hello from sim. I received 4 words from you, and this is my whole answer.", (string?)first["choices"]![0]!["message"]!["content"]);
        Assert.Equal("stop", (string?)first["choices"]![0]!["finish_reason"]);
        Assert.Equal(4, (int?)first["usage"]!["prompt_tokens"]);
        Assert.Equal(15, (int?)first["usage"]!["completion_tokens"]);
        Assert.Equal(19, (int?)first["usage"]!["total_tokens"]);
    }

    [Fact]
    public async Task Stream_WithoutIncludeUsage_SendsRoleContentFinishDone()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.OpenAi, Bodies.OpenAi("sim-c3", stream: true));

        Assert.Equal(6, items.Count);
        Assert.Equal("assistant", (string?)Delta(items[0])["role"]);
        Assert.Equal("Hello from sim-c3. ", string.Concat(items.Skip(1).Take(3).Select(i => (string?)Delta(i)["content"])));
        Assert.Equal("stop", (string?)items[4].Json["choices"]![0]!["finish_reason"]);
        Assert.Equal("[DONE]", items[5].Data);
        Assert.DoesNotContain(items, i => i.Data.Contains("\"usage\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_IncludeUsage_EndsWithUsageChunkWithoutChoices()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.OpenAi, Bodies.OpenAi("sim-c3-cached2-think", stream: true, """{"stream_options":{"include_usage":true}}"""));

        var usage = items[^2].Json;
        Assert.Empty(usage["choices"]!.AsArray());
        Assert.Equal(2, (int?)usage["usage"]!["prompt_tokens_details"]!["cached_tokens"]);
        Assert.Equal(14, (int?)usage["usage"]!["completion_tokens_details"]!["reasoning_tokens"]);
        Assert.Equal(17, (int?)usage["usage"]!["completion_tokens"]);
        Assert.Contains(items, i => i.Data.Contains("\"reasoning_content\":\"greet, \"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_ParallelTools_SendsFragmentsThatJoinToValidArguments()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.OpenAi, Bodies.OpenAi("sim-tool2", stream: true, Tools + "}"));

        var calls = items.Where(i => i.Data != "[DONE]").SelectMany(i => Delta(i)["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.Equal(["weather", "clock"], calls.Where(c => c!["id"] is not null).Select(c => (string?)c!["function"]!["name"]));
        var weather = JsonNode.Parse(Arguments(calls, 0))!;
        Assert.Equal("sample", (string?)weather["city"]);
        Assert.Equal(3, (int?)weather["days"]);
        Assert.Equal("UTC", (string?)JsonNode.Parse(Arguments(calls, 1))!["zone"]);
        Assert.True(calls.Count > 4);
        Assert.Equal("tool_calls", (string?)items[^2].Json["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("\"required\"", "weather")]
    [InlineData("""{"type":"function","function":{"name":"clock"}}""", "clock")]
    public async Task Complete_ToolDemanded_CallsItWithoutToken(string choice, string expected)
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim", extra: $"{Tools},\"tool_choice\":{choice}}}"));
        var call = Assert.Single(body["choices"]![0]!["message"]!["tool_calls"]!.AsArray())!;
        Assert.Equal(expected, (string?)call["function"]!["name"]);
        Assert.Null(body["choices"]![0]!["message"]!["content"]);
    }

    [Fact]
    public async Task Complete_ToolResultLast_AnswersWithText()
    {
        await using var sim = await Sim.StartAsync();
        var messages = """
            ,"messages":[{"role":"user","content":"hi"},
              {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"clock","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"a","content":"noon"}]}
            """;
        var (_, body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-tool1", extra: Tools + messages));
        Assert.Equal("stop", (string?)body["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task Complete_MaxTokens_CutsExactlyAndFinishesByLength()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-c50", extra: """{"max_completion_tokens":7}"""));
        Assert.Equal("length", (string?)body["choices"]![0]!["finish_reason"]);
        Assert.Equal(7, (int?)body["usage"]!["completion_tokens"]);
        Assert.Equal("Hello from sim-c50. I received 4 words ", (string?)body["choices"]![0]!["message"]!["content"]);
    }

    [Fact]
    public async Task Complete_MaxTokensEqualsAnswer_FinishesByStop()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-c7", extra: """{"max_tokens":7}"""));
        Assert.Equal("stop", (string?)body["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task Complete_ChoicesAndLogProbs_AnswersEach()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-c2", extra: """{"n":3,"logprobs":true,"top_logprobs":2}"""));
        Assert.Equal(3, body["choices"]!.AsArray().Count);
        Assert.Equal(6, (int?)body["usage"]!["completion_tokens"]);
        var token = body["choices"]![2]!["logprobs"]!["content"]![0]!;
        Assert.Equal("Hello ", (string?)token["token"]);
        Assert.Equal(2, token["top_logprobs"]!.AsArray().Count);
    }

    [Fact]
    public async Task Complete_JsonSchema_AnswersWithValidJson()
    {
        await using var sim = await Sim.StartAsync();
        var (_, body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim", extra: """
            {"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}}}}
            """));
        Assert.Equal("""{"ok":true}""", (string?)body["choices"]![0]!["message"]!["content"]);
    }

    [Theory]
    [InlineData("/openai/deployments/sim-c2/chat/completions?api-version=2024-10-21", "other")]
    [InlineData("/openai/v1/chat/completions", "sim-c2")]
    public async Task Stream_Azure_OpensWithPromptFilterResults(string path, string model)
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(path, Bodies.OpenAi(model, stream: true));
        Assert.Empty(items[0].Json["choices"]!.AsArray());
        Assert.NotNull(items[0].Json["prompt_filter_results"]);
        Assert.Equal(2, items.Count(i => i.Data.Contains("\"severity\":\"safe\"", StringComparison.Ordinal) && i.Data.Contains("\"content\":", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Azure_WithoutApiVersion_IsNotFound()
    {
        await using var sim = await Sim.StartAsync();
        var (status, _) = await sim.PostAsync("/openai/deployments/sim/chat/completions", Bodies.OpenAi("sim"));
        Assert.Equal(404, status);
    }

    [Theory]
    [InlineData("sk-invalid-1", 401, "invalid_api_key")]
    [InlineData("", 401, null)]
    public async Task Complete_BadKey_IsRefused(string key, int expected, string? code)
    {
        await using var sim = await Sim.StartAsync();
        var (status, body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim"), r => r.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key));
        Assert.Equal(expected, status);
        Assert.Equal(code, (string?)body["error"]!["code"]);
    }

    [Fact]
    public async Task Complete_ApiKeyHeader_IsAccepted()
    {
        await using var sim = await Sim.StartAsync();
        sim.Client.DefaultRequestHeaders.Authorization = null;
        var (status, _) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim"), r => r.Headers.Add("api-key", "k"));
        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("""{"messages":[]}""", "messages")]
    [InlineData("""{"messages":[{"role":"tool","tool_call_id":"x","content":"1"}]}""", "messages.[0].role")]
    [InlineData("""{"messages":[{"role":"robot","content":"1"}]}""", "messages.[0].role")]
    [InlineData("""{"max_tokens":0}""", "max_tokens")]
    public async Task Complete_InvalidRequest_NamesTheParameter(string extra, string param)
    {
        await using var sim = await Sim.StartAsync();
        var (status, body) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim", extra: extra));
        Assert.Equal(400, status);
        Assert.Equal(param, (string?)body["error"]!["param"]);
    }

    [Fact]
    public async Task Models_Listed_HaveTheApiShape()
    {
        await using var sim = await Sim.StartAsync();
        var list = JsonNode.Parse(await sim.Client.GetStringAsync("/v1/models"))!;
        Assert.Equal("model", (string?)list["data"]![0]!["object"]);
    }

    private static JsonNode Delta(SseItem item) => item.Json["choices"]!.AsArray() is [var choice] ? choice!["delta"]! : new JsonObject();

    private static string Arguments(List<JsonNode?> calls, int index) =>
        string.Concat(calls.Where(c => (int?)c!["index"] == index).Select(c => (string?)c!["function"]!["arguments"]));
}
