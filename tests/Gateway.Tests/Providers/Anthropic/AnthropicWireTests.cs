using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tollgate.Catalogue;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Wire;
using Tollgate.Providers;
using Tollgate.Providers.Anthropic;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Gateway.Tests.Providers.Anthropic;

public sealed class AnthropicWireTests
{
    private readonly AnthropicWire wire = new(AnthropicPlatform.Direct);

    [Theory]
    [InlineData("claude-haiku-4-5-20251001", "anthropic/claude-haiku-4-5")]
    [InlineData("claude-haiku-4-5@20251001", "anthropic/claude-haiku-4-5")]
    [InlineData("claude-opus-4-6@default", "anthropic/claude-opus-4-6")]
    [InlineData("claude-opus-4-6", "anthropic/claude-opus-4-6")]
    [InlineData("-20251001", "anthropic/-20251001")]
    [InlineData("", "anthropic/")]
    public void OriginOf_Model_IsItsIdWithoutDate(string model, string origin) =>
        Assert.Equal(origin, AnthropicWire.Origin(new ModelProfile { Model = model }));

    [Fact]
    public void WriteRequest_Vertex_NamesTheVersionAndNoModel()
    {
        var body = Write("""{"max_tokens":9,"service_tier":"default","messages":[{"role":"user","content":"Hello"}]}""", new AnthropicWire(AnthropicPlatform.Vertex), stream: true);
        Assert.Equal("""{"anthropic_version":"vertex-2023-10-16","max_tokens":9,"stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"Hello"}]}]}""", body);
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(500, 100)]
    [InlineData(0, 1)]
    public void WriteRequest_OutputCap_LowersMaxTokensWithoutAReport(long cap, int expected)
    {
        var body = Write("""{"max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""", wire, outputCap: cap);
        Assert.Equal(expected, (int)JsonNode.Parse(body)!["max_tokens"]!);
    }

    [Fact]
    public void WriteRequest_ThinkingBlocks_AreReplayedByteForByte()
    {
        const string Block = """{ "signature":"Eq\u003d\u003d", "type" : "thinking","thinking":"caf\u00e9 \/ é" , "extra":1.50}""";
        var body = Write($$"""{"max_tokens":9,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes","thinking_blocks":[{{Block}}]},{"role":"user","content":"Go"}]}""", wire);
        Assert.Contains(Block, body, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteRequest_CallArguments_AreSentAsTheyCame()
    {
        const string Arguments = """{ "a" : 1.50, "b":"\u00e9" }""";
        var request = new JsonObject
        {
            ["messages"] = new JsonArray(
                new JsonObject { ["role"] = "user", ["content"] = "Hi" },
                new JsonObject
                {
                    ["role"] = "assistant",
                    ["tool_calls"] = new JsonArray(new JsonObject { ["id"] = "c1", ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["arguments"] = Arguments } }),
                },
                new JsonObject { ["role"] = "tool", ["tool_call_id"] = "c1", ["content"] = "ok" }),
        };
        Assert.Contains(Arguments, Write(request.ToJsonString(), wire), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteRequest_Refused_NeverRepeatsThePrompt()
    {
        const string Secret = "tulip-77";
        foreach (var message in (string[])[
            $$$"""{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://{{{Secret}}}/a.png"}}]}""",
            $$$"""{"role":"user","content":[{"type":"file","file":{"file_data":"data:{{{Secret}}};base64,AA=="}}]}""",
            $$$"""{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{{{Secret}}}"}}]}"""])
        {
            var refused = Assert.Throws<CallerErrorException>(() => Write($$"""{"messages":[{{message}}]}""", wire));
            Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PrepareAsync_PlatformThatFetchesNothing_PutsImagesInline()
    {
        var request = OpenAiRequestReader.Read("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}]}"""u8);
        var model = AnthropicModels.Of("claude-haiku-4-5") with { Capabilities = Capabilities.Vision };
        var files = new OneFile();
        await wire.PrepareAsync(request, model, files, CancellationToken.None);
        Assert.Equal("messages[0].content[0].image_url.url", Assert.Single(files.Asked));
        Assert.Equal(["data:image/webp;base64,AQI=", "data:image/png;base64,AA=="], request.Messages[0].Content!.Parts!.Select(part => part.ImageUrl!.Url));
    }

    [Fact]
    public async Task PrepareAsync_PlatformThatFetchesItself_LeavesUrlsAlone()
    {
        var request = OpenAiRequestReader.Read("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a"}}]}]}"""u8);
        var files = new OneFile();
        await wire.PrepareAsync(request, AnthropicModels.Of("claude-haiku-4-5"), files, CancellationToken.None);
        Assert.Empty(files.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"content":"text"}""")]
    [InlineData("""{"content":[7]}""")]
    [InlineData("""{"content":[null]}""")]
    [InlineData("""{"content":[{"type":"tool_use","name":"f"}]}""")]
    public void ReadReply_NotAnAnswer_ThrowsJsonException(string body) =>
        Assert.ThrowsAny<JsonException>(() => wire.ReadReply(Encoding.UTF8.GetBytes(body), new ReplyContext("anthropic/claude-test", "test")));

    [Fact]
    public void ReadReply_CacheWrites_AreToldApartByLifetime()
    {
        var reply = wire.ReadReply(
            """{"content":[],"usage":{"input_tokens":1,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":1}}"""u8,
            new ReplyContext("anthropic/claude-test", "test")).Reply!;
        Assert.Equal((10, 20), (reply.Usage!.Value.CacheWrite5m, reply.Usage.Value.CacheWrite1h));
    }

    private static string Write(string request, AnthropicWire wire, bool stream = false, long? outputCap = null)
    {
        var body = new ArrayBufferWriter<byte>();
        var translation = new Translation(strict: true, stream, tenant: "acme") { OutputCap = outputCap };
        wire.WriteRequest(OpenAiRequestReader.Read(Encoding.UTF8.GetBytes(request)), AnthropicModels.Of("claude-haiku-4-5"), translation, body);
        return Encoding.UTF8.GetString(body.WrittenSpan);
    }

    private sealed class OneFile : IRemoteFiles
    {
        public List<string> Asked { get; } = [];

        public ValueTask<RemoteFile> FetchAsync(string url, string param, CancellationToken cancellationToken)
        {
            Asked.Add(param);
            return ValueTask.FromResult(new RemoteFile("image/webp", new byte[] { 1, 2 }));
        }
    }
}
