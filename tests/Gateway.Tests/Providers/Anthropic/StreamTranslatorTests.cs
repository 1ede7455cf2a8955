using System.Text;
using System.Text.Json;
using Tollgate.Errors;
using Tollgate.Providers;
using Tollgate.Providers.Anthropic;

namespace Tollgate.Gateway.Tests.Providers.Anthropic;

public sealed class StreamTranslatorTests
{
    private readonly StreamSink sink = new();

    private readonly IStreamTranslator translator =
        new AnthropicWire(AnthropicPlatform.Direct).OpenStream(new ReplyContext("anthropic/claude-test", "test"));

    [Theory]
    [InlineData("")]
    [InlineData("[DONE]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":"content_block_start","index":1}""")]
    [InlineData("""{"type":"content_block_start","content_block":{"type":"text","text":"x"}}""")]
    [InlineData("""{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"a"}}""")]
    [InlineData("""{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"text":"x"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":7}}""")]
    [InlineData("""{"type":"content_block_stop"}""")]
    [InlineData("""{"type":"message_delta","usage":{"output_tokens":9}}""")]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":"many"}}""")]
    [InlineData("""{"type":"message_delta","delta":{"stop_reason":"end_turn"}""")]
    public void Read_MalformedEvent_ThrowsAndChangesNothing(string malformed)
    {
        Read("""{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_a","name":"f","input":{}}}""");
        sink.Clear();
        Assert.ThrowsAny<JsonException>(() => Read(malformed));
        Assert.Empty(sink.Deltas);
        Assert.Null(sink.Usage);
        Read("""{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_b","name":"g","input":{}}}""");
        Assert.Equal(1, Assert.Single(sink.Deltas).Message.ToolCalls![0].Index);
        translator.End(sink);
        Assert.False(sink.Finished);
    }

    [Fact]
    public void Read_StopReason_IsNoEndBeforeTheMessageStops()
    {
        Read("""{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}""");
        Assert.False(sink.Finished);
        Read("""{"type":"message_stop"}""");
        Assert.True(sink.Finished);
    }

    [Fact]
    public void Read_ErrorWithoutDetail_IsAServerError()
    {
        Read("""{"type":"error"}""");
        Assert.Equal(FailureKind.ServerError, sink.Failure?.Kind);
    }

    private void Read(string data) => translator.Read([], Encoding.UTF8.GetBytes(data), sink);
}
