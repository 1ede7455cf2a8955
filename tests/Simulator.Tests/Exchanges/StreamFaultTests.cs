using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Tollgate.Simulator.Tests.Exchanges;

public sealed class StreamFaultTests
{
    [Theory]
    [InlineData("openai", null, "server_error")]
    [InlineData("anthropic", "error", "api_error")]
    [InlineData("gemini", null, "INTERNAL")]
    public async Task ErrorEvent_AfterTwo_EndsTheStreamInTheWiresForm(string wire, string? name, string word)
    {
        await using var sim = await Sim.StartAsync();
        var (path, body) = Wire.Request(wire, "sim-c9-err2", stream: true);
        var items = await sim.StreamAsync(path, body);
        Assert.Equal(name, items[^1].Name);
        Assert.Contains(word, items[^1].Json["error"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, items.Count(i => i.Data.Contains("Hello ", StringComparison.Ordinal) || i.Data.Contains("from ", StringComparison.Ordinal)));
        Assert.DoesNotContain(items, i => i.Data.Contains("sim-c9-err2. ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task ErrorInSuccess_WholeAndStream_SendErrorWithStatus200(string wire)
    {
        await using var sim = await Sim.StartAsync();
        var (path, body) = Wire.Request(wire, "sim-err200", stream: true);
        Assert.NotNull(Assert.Single(await sim.StreamAsync(path, body)).Json["error"]);
        (path, body) = Wire.Request(wire, "sim-err200", stream: false);
        var (status, reply) = await sim.PostAsync(path, body);
        Assert.Equal(200, status);
        Assert.NotNull(reply["error"]);
    }

    [Fact]
    public async Task Malformed_AfterTwo_BreaksOneLineOnly()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.OpenAi, Bodies.OpenAi("sim-c4-bad2", stream: true));
        var broken = items.Where(i => i.Data != "[DONE]" && !IsJson(i.Data)).ToList();
        Assert.Same(items[3], Assert.Single(broken));
        Assert.Equal(4 + 4, items.Count);

        using var whole = await sim.SendAsync(Sim.OpenAi, Bodies.OpenAi("sim-c4-bad2"));
        Assert.False(IsJson(await whole.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task NoDone_Asked_LacksOnlyTheMark()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.OpenAi, Bodies.OpenAi("sim-nodone", stream: true));
        Assert.Equal("stop", (string?)items[^1].Json["choices"]![0]!["finish_reason"]);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task NoUsage_Asked_IsNeverSent(string wire)
    {
        await using var sim = await Sim.StartAsync();
        foreach (var stream in new[] { true, false })
        {
            var (path, body) = Wire.Request(wire, "sim-nousage", stream);
            if (wire is "openai" && stream)
                body["stream_options"] = new System.Text.Json.Nodes.JsonObject { ["include_usage"] = true };
            using var response = await sim.SendAsync(path, body);
            Assert.DoesNotContain("\"usage", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("openai", "\"finish_reason\":\"content_filter\"")]
    [InlineData("azure", "\"severity\":\"high\"")]
    [InlineData("anthropic", "\"stop_reason\":\"refusal\"")]
    [InlineData("gemini", "\"finishReason\":\"SAFETY\"")]
    public async Task Filter_Asked_StopsHalfwayInTheWiresForm(string wire, string word)
    {
        await using var sim = await Sim.StartAsync();
        var (path, body) = Wire.Request(wire, "sim-c8-filter", stream: true);
        using var response = await sim.SendAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains(word, text, StringComparison.Ordinal);
        Assert.Contains("received ", Content("sim-c8"), StringComparison.Ordinal);
        Assert.DoesNotContain("received ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Block_Gemini_SendsPromptFeedbackWithoutCandidates()
    {
        await using var sim = await Sim.StartAsync();
        var item = Assert.Single(await sim.StreamAsync(Sim.Gemini("sim-block", stream: true), Bodies.Gemini()));
        Assert.Null(item.Json["candidates"]);
        Assert.Equal("PROHIBITED_CONTENT", (string?)item.Json["promptFeedback"]!["blockReason"]);
    }

    [Theory]
    [InlineData("openai", "\"finish_reason\":\"length\"")]
    [InlineData("anthropic", "\"stop_reason\":\"max_tokens\"")]
    [InlineData("gemini", "\"finishReason\":\"MAX_TOKENS\"")]
    public async Task Length_Asked_EndsByTheLimit(string wire, string word)
    {
        await using var sim = await Sim.StartAsync();
        var (path, body) = Wire.Request(wire, "sim-length", stream: true);
        using var response = await sim.SendAsync(path, body);
        Assert.Contains(word, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gzip_NotAccepted_IsSentNevertheless(bool stream)
    {
        await using var sim = await Sim.StartAsync();
        using var response = await sim.SendAsync(Sim.OpenAi, Bodies.OpenAi("sim-gzip-c3", stream));
        Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
        await using var plain = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        var text = await reader.ReadToEndAsync();
        Assert.Contains(stream ? "[DONE]" : "\"finish_reason\":\"stop\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CarriageReturnsAndComments_Asked_AreThere()
    {
        await using var sim = await Sim.StartAsync();
        using var response = await sim.SendAsync(Sim.OpenAi, Bodies.OpenAi("sim-c2-crlf-comments", stream: true));
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(text.Count(c => c == '\n'), text.Split("\r\n").Length - 1);
        Assert.Equal(5, text.Split("\r\n\r\ndata: ").Length - 1);
        Assert.Equal(5, text.Split(": keep-alive\r\n\r\n").Length - 1);
    }

    [Fact]
    public async Task BigLine_Asked_SendsOneLineOfFiveMegabytes()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.Anthropic, Bodies.Anthropic("sim-c3-bigline", stream: true));
        Assert.Single(items, i => i.Data.Length > 5 * 1024 * 1024);
        Assert.Equal(8 + 1, items.Count);
    }

    [Fact]
    public async Task TinyPieces_Asked_WritesAtMostSevenBytesAtOnce()
    {
        await using var sim = await Sim.StartAsync();
        var (bytes, _) = await RawHttp.PostAsync(sim, Bodies.OpenAi("sim-c4-split1", stream: true).ToJsonString());
        var chunks = RawHttp.Chunks(bytes);
        Assert.All(chunks, c => Assert.InRange(c.Length, 1, 7));
        Assert.Equal(1 + 4 + 1 + 1, Sse.Parse(Encoding.UTF8.GetString([.. chunks.SelectMany(c => c)])).Count);
    }

    [Fact]
    public async Task MultiByte_Asked_WritesEndInsideCharacters()
    {
        await using var sim = await Sim.StartAsync();
        var (bytes, _) = await RawHttp.PostAsync(sim, Bodies.OpenAi("sim-utf8", stream: true).ToJsonString());
        var chunks = RawHttp.Chunks(bytes);
        Assert.True(chunks.Count(c => c[^1] >= 0xC0) > 20);
        var items = Sse.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. chunks.SelectMany(c => c)]));
        Assert.Equal("[DONE]", items[^1].Data);
    }

    [Fact]
    public async Task MultiByte_Asked_SendsCharactersUnescaped()
    {
        await using var sim = await Sim.StartAsync();
        using var response = await sim.SendAsync(Sim.Gemini("sim-utf8"), Bodies.Gemini());
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("你好", text, StringComparison.Ordinal);
        Assert.Contains("🌍", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delays_OfStream_FollowTheSchedule()
    {
        var time = new InstantTime();
        await using var sim = await Sim.StartAsync(time);
        await sim.StreamAsync(Sim.OpenAi, Bodies.OpenAi("sim-c4-t200-d30", stream: true));
        Assert.Equal([200, 30, 30, 30], time.Waits);
    }

    [Fact]
    public async Task Delays_OfWholeReply_AreTheirSum()
    {
        var time = new InstantTime();
        await using var sim = await Sim.StartAsync(time);
        await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-c4-t200-d30"));
        Assert.Equal([290], time.Waits);
    }

    private static string Content(string model) => $"Hello from {model}. I received 4 words from you, ";

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
