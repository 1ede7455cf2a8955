using System.Text;
using System.Text.Json;
using Tollgate.Providers;
using Tollgate.Providers.Gemini;

namespace Tollgate.Gateway.Tests.Wire;

public sealed class GeminiStreamTests
{
    private static readonly ReplyContext Context = new("gemini/gemini-2.5-flash", "test");

    [Theory]
    [InlineData("{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"b\"")]
    [InlineData("{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"b\",\"args\":{}}},{\"text\":5}]}}]}")]
    [InlineData("{\"candidates\":{}}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    public void Read_MalformedEvent_LeavesTheStateAsItWas(string malformed)
    {
        var translator = new GeminiWire(GeminiPlatform.GeminiApi).OpenStream(Context);
        var sink = new StreamSink();
        Read(translator, sink, """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"a"}}]}}]}""");
        Assert.Throws<JsonException>(() => Read(translator, sink, malformed));
        Assert.Empty(sink.Deltas);
        Read(translator, sink, """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"c"}}]},"finishReason":"STOP"}]}""");
        var call = Assert.Single(Assert.Single(sink.Deltas).Message.ToolCalls!);
        Assert.Equal((1, "tg_test_1"), (call.Index, call.Id));
        Assert.True(sink.Finished);
    }

    [Fact]
    public void Read_EventsWithNullsAndUnknownMembers_AreRead()
    {
        var translator = new GeminiWire(GeminiPlatform.GeminiApi).OpenStream(Context);
        var sink = new StreamSink();
        Read(translator, sink, """{"candidates":[null,{"content":{"parts":[null,{"futurePart":{}},{"text":null}]},"index":0,"odd":[1]}],"usageMetadata":null,"x":1}""");
        Assert.Empty(sink.Deltas);
        Assert.False(sink.Finished);
    }

    [Fact]
    public void Read_ArgumentsWithHalfASurrogatePair_AreKept()
    {
        var translator = new GeminiWire(GeminiPlatform.GeminiApi).OpenStream(Context);
        var sink = new StreamSink();
        Read(translator, sink, """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"a","args":{"x":"\ud83d"}}}]},"finishReason":"STOP"}]}""");
        Assert.Equal("""{"x":"\ud83d"}""", Assert.Single(Assert.Single(sink.Deltas).Message.ToolCalls!).Function!.Arguments);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("[{}]")]
    [InlineData("{\"candidates\":7}")]
    public void ReadReply_NotThisWire_IsAJsonException(string body) =>
        Assert.ThrowsAny<JsonException>(() => new GeminiWire(GeminiPlatform.GeminiApi).ReadReply(Encoding.UTF8.GetBytes(body), Context));

    private static void Read(IStreamTranslator translator, StreamSink sink, string data)
    {
        sink.Clear();
        translator.Read([], Encoding.UTF8.GetBytes(data), sink);
    }
}
