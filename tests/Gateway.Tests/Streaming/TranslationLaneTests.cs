using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tollgate.Conversation;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Providers;
using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Streaming;

public sealed class TranslationLaneTests
{
    private static readonly OpenAiReplyHead Head = new("chatcmpl-test", 1790000000, "asked");

    private readonly ArrayBufferWriter<byte> output = new();

    [Fact]
    public void Read_Deltas_AreWrittenAtOnceWithTheGatewaysHead()
    {
        using var lane = Lane();
        Feed(lane, "text", "Hi");
        var chunk = Chunks().Single();
        Assert.Equal(("chatcmpl-test", "asked"), ((string?)chunk["id"], (string?)chunk["model"]));
        Assert.Equal("""{"role":"assistant","content":"Hi"}""", chunk["choices"]![0]!["delta"]!.ToJsonString());
        Assert.True(lane.HasOutput);
        Assert.Equal(1, lane.CountedTokens);
    }

    [Fact]
    public void Read_EmptyDelta_IsNoOutput()
    {
        using var lane = Lane();
        Feed(lane, "text", "");
        Assert.False(lane.HasOutput);
        Feed(lane, "finish", "");
        Assert.True(lane.HasOutput);
    }

    [Fact]
    public void Read_Ping_IsACommentAndNoOutput()
    {
        using var lane = Lane();
        Feed(lane, "ping", "");
        Assert.Equal(": ping\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
        Assert.False(lane.HasOutput);
        Feed(lane, "text", "x");
        Assert.Single(Chunks());
    }

    [Fact]
    public void F_MalformedEvent_IsLeftOutAndTheNextIsRead()
    {
        using var lane = Lane();
        Feed(lane, "bad", "");
        Feed(lane, "text", "x");
        Assert.Equal(1, lane.Malformed);
        Assert.Single(Chunks());
    }

    [Fact]
    public void F_ErrorEvent_IsNoFinish()
    {
        using var lane = Lane();
        Feed(lane, "text", "x");
        Feed(lane, "error", "");
        Assert.Equal(FailureKind.Overloaded, lane.Failure?.Kind);
        Assert.False(lane.IsFinished);
    }

    [Fact]
    public void F_CutStream_EndIsTheTranslatorsToSay()
    {
        using var cut = Lane();
        Feed(cut, "text", "x");
        cut.End(output);
        Assert.False(cut.IsFinished);

        using var whole = Lane();
        Feed(whole, "finish", "");
        whole.End(output);
        Assert.True(whole.IsFinished);
    }

    [Fact]
    public void Read_EventWithoutData_IsNotTheTranslators()
    {
        using var lane = Lane();
        lane.Read(new SseEvent(": x\n\n"u8, default, default, hasData: false), output);
        Assert.Equal((0, 0), (lane.Malformed, output.WrittenCount));
    }

    [Fact]
    public void Read_EverythingGenerated_IsCounted()
    {
        using var lane = Lane();
        Feed(lane, "call", "");
        Assert.Equal(OutputMeter.Tokenish("reason".Length + "refused".Length + "function".Length + "{\"a\":1}".Length), lane.CountedTokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Close_Usage_IsWrittenWhenAskedFor(bool includeUsage)
    {
        using var lane = Lane(includeUsage);
        lane.Close(output, new TokenUsage { Prompt = 1, Completion = 2 }, costMicroUsd: 5);
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(includeUsage, text.Contains("\"total_tokens\":3", StringComparison.Ordinal));
        Assert.Equal(includeUsage, text.Contains("\"cost_usd\":0.000005", StringComparison.Ordinal));
    }

    private static TranslationLane Lane(bool includeUsage = false) => new(new FakeTranslator(), Head, includeUsage);

    private void Feed(TranslationLane lane, string type, string data) =>
        lane.Read(new SseEvent(default, Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(data), hasData: true), output);

    private IEnumerable<JsonNode> Chunks() => Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Where(text => text.StartsWith("data: ", StringComparison.Ordinal)).Select(text => JsonNode.Parse(text["data: ".Length..])!);

    private sealed class FakeTranslator : IStreamTranslator
    {
        private bool finished;

        public void Read(ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> data, StreamSink sink)
        {
            var delta = new ChatDelta();
            switch (Encoding.UTF8.GetString(eventType))
            {
                case "text":
                    delta.Message.Content = Encoding.UTF8.GetString(data);
                    break;
                case "call":
                    delta.Message.ReasoningContent = "reason";
                    delta.Message.Refusal = "refused";
                    delta.Message.ToolCalls = [new ToolCall { Function = new FunctionCall { Name = "function", Arguments = "{\"a\":1}" } }];
                    break;
                case "finish":
                    delta.FinishReason = FinishReasons.Stop;
                    finished = true;
                    break;
                case "ping":
                    sink.Ping = true;
                    return;
                case "error":
                    sink.Failure = new UpstreamFailure(FailureKind.Overloaded, 529);
                    return;
                default:
                    throw new JsonException();
            }
            sink.Deltas.Add(delta);
        }

        public void End(StreamSink sink) => sink.Finished = finished;
    }
}
