using System.Buffers;
using System.Text.Json.Nodes;
using Tollgate.Conversation;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Providers;
using Tollgate.Providers.Gemini;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Gateway.Tests.Wire;

public sealed class GeminiRequestTests
{
    private static readonly GeminiWire Wire = new(GeminiPlatform.GeminiApi);

    [Theory]
    [InlineData(null, 300L, 300L)]
    [InlineData(1000L, 300L, 300L)]
    [InlineData(200L, 300L, 200L)]
    [InlineData(200L, null, 200L)]
    public void WriteRequest_BudgetsCap_LowersTheOutput(long? asked, long? cap, long expected)
    {
        var request = new ChatRequest { Messages = [Message("user", "Hi")], MaxTokens = asked };
        var translation = new Translation(strict: false, stream: false, "acme") { OutputCap = cap };
        var written = Written(request, "gemini-2.5-flash", translation);
        Assert.Equal(expected, written["generationConfig"]!["maxOutputTokens"]!.GetValue<long>());
        Assert.Empty(translation.Dropped);
    }

    [Fact]
    public void WriteRequest_ResultWithHalfASurrogatePair_GoesAsText()
    {
        var request = OpenAiRequestReader.Read("""
            {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c","content":"{\"x\":\"\\ud83d\"}"}]}
            """u8);
        var response = Written(request, "gemini-2.5-flash")["contents"]![2]!["parts"]![0]!["functionResponse"]!["response"]!;
        Assert.Equal("""{"x":"\ud83d"}""", response["output"]!.GetValue<string>());
    }

    [Fact]
    public void OriginOf_SameModelElsewhere_IsAnotherOrigin()
    {
        var model = GeminiModels.Of("gemini-2.5-flash");
        Assert.Equal("gemini/gemini-2.5-flash", Wire.OriginOf(model));
        Assert.Equal("vertex/gemini-2.5-flash", new GeminiWire(GeminiPlatform.Vertex).OriginOf(model));
    }

    [Fact]
    public async Task PrepareAsync_UrlsTheModelDoesNotFetch_AreInlinedWithTheResponsesType()
    {
        var files = new FakeFiles();
        var request = Request("https://example.com/looks-like.jpg", "data:image/gif;base64,R0lG");
        await Wire.PrepareAsync(request, GeminiModels.Of("gemini-2.5-flash"), files, CancellationToken.None);
        var parts = Written(request, "gemini-2.5-flash")["contents"]![0]!["parts"]!;
        Assert.Equal(["messages[0].content[0].image_url.url", "messages[0].content[2].file.file_data"], files.Params.Order(StringComparer.Ordinal));
        Assert.Equal("""{"inlineData":{"mimeType":"image/webp","data":"AQID"}}""", parts[0]!.ToJsonString());
        Assert.Equal("""{"inlineData":{"mimeType":"image/gif","data":"R0lG"}}""", parts[1]!.ToJsonString());
        Assert.Equal("""{"inlineData":{"mimeType":"image/webp","data":"AQID"}}""", parts[2]!.ToJsonString());
    }

    [Fact]
    public async Task PrepareAsync_UrlsTheModelFetches_AreLeft_ExceptWhereTheNameDoesNotTellTheType()
    {
        var files = new FakeFiles();
        await Wire.PrepareAsync(Request("https://example.com/a.png", "https://example.com/b"), GeminiModels.Of("gemini-3-pro-preview"), files, CancellationToken.None);
        Assert.Equal(["messages[0].content[1].image_url.url"], files.Params);
    }

    [Fact]
    public async Task PrepareAsync_FilesTooLargeTogether_NamesTheOneTooMany()
    {
        var request = new ChatRequest
        {
            Messages = [new ChatMessage { Role = "user", Content = new MessageContent(Enumerable.Range(0, 5).Select(i => Image($"https://example.com/{i}")).ToList()) }],
        };
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(async () =>
            await Wire.PrepareAsync(request, GeminiModels.Of("gemini-2.5-flash"), new FakeFiles(new byte[18 * 1024 * 1024]), CancellationToken.None));
        Assert.StartsWith("messages[0].content[", thrown.Param, StringComparison.Ordinal);
    }

    private static ChatRequest Request(string first, string second) => new()
    {
        Messages =
        [
            new ChatMessage
            {
                Role = "user",
                Content = new MessageContent([Image(first), Image(second), new ContentPart { Type = "file", File = new FilePart { FileData = "https://example.com/x.pdf" } }]),
            },
        ],
    };

    private static ContentPart Image(string url) => new() { Type = "image_url", ImageUrl = new ImageUrl { Url = url } };

    private static ChatMessage Message(string role, string text) => new() { Role = role, Content = new MessageContent(text) };

    private static JsonNode Written(ChatRequest request, string model, Translation? translation = null)
    {
        var body = new ArrayBufferWriter<byte>();
        Wire.WriteRequest(request, GeminiModels.Of(model), translation ?? new Translation(strict: true, stream: false, "acme"), body);
        return JsonNode.Parse(body.WrittenSpan)!;
    }

    private sealed class FakeFiles(byte[]? bytes = null) : IRemoteFiles
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> asked = [];

        public IReadOnlyList<string> Params => [.. asked];

        public ValueTask<RemoteFile> FetchAsync(string url, string param, CancellationToken cancellationToken)
        {
            asked.Enqueue(param);
            return ValueTask.FromResult(new RemoteFile("image/webp", bytes ?? [1, 2, 3]));
        }
    }
}
