using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Streaming;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>
/// Reads a streamed answer. Thoughts go out as <c>reasoning_content</c> while they come; the whole block with its
/// signature follows as one <c>thinking_blocks</c> delta at the block's end, together with the mark of its origin.
/// Source: https://platform.claude.com/docs/en/build-with-claude/streaming.
/// </summary>
internal sealed class StreamTranslator(ReplyContext context) : IStreamTranslator
{
    private readonly Dictionary<int, OpenBlock> open = [];
    private readonly UsageTally tally = new();
    private readonly ChunkTemplate textDelta = new();
    private int toolCalls;
    private bool stopped;

    public void Read(ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> data, StreamSink sink)
    {
        if (textDelta.Matches(data, out _))
        {
            AddText(textDelta.TextOf(data), sink);
            return;
        }

        // All that can fail is here and in the checks that open each branch: nothing was changed by then.
        var read = JsonSerializer.Deserialize(data, AnthropicJson.Default.StreamEvent) ?? throw new JsonException();
        switch (read.Type)
        {
            case "message_start":
                SetUsage(read.Message?.Usage, sink);
                break;
            case "content_block_start":
                Start(Required(read.Index), read.ContentBlock ?? throw new JsonException(), sink);
                break;
            case "content_block_delta":
                Go(Required(read.Index), read.Delta ?? throw new JsonException(), sink);
                if (read.Delta.Type == "text_delta")
                {
                    textDelta.Learn(data, "text"u8);
                }
                break;
            case "content_block_stop":
                Close(Required(read.Index), sink);
                break;
            case "message_delta":
                Stop(read.Delta ?? throw new JsonException(), read.Usage, sink);
                break;
            case "message_stop":
                End(sink);
                break;
            case "ping":
                sink.Ping = true;
                break;
            case "error":
                sink.Failure = FailureReader.InsideOk(read.Error);
                break;
            case null:
                throw new JsonException();
        }
    }

    public void End(StreamSink sink) => sink.Finished |= stopped;

    private static int Required(int? index) => index ?? throw new JsonException();

    private void SetUsage(UsageBody? usage, StreamSink sink)
    {
        if (usage is not null)
        {
            sink.Usage = tally.Set(usage);
        }
    }

    private void Start(int index, ContentBlock block, StreamSink sink)
    {
        switch (block.Type)
        {
            case "text":
                AddText(block.Text, sink);
                break;
            case "thinking":
                var thoughts = new OpenThoughts();
                open[index] = thoughts;
                thoughts.Add(block.Thinking, block.Signature, sink);
                break;
            case "redacted_thinking" when block.Data is { } data:
                open[index] = new OpenRedaction(data);
                break;
            case "tool_use" when block.Id is not null && block.Name is not null:
                open[index] = new OpenCall(toolCalls++, block, sink);
                break;
            case null or "redacted_thinking" or "tool_use":
                throw new JsonException();
        }
    }

    /// <summary>A delta for a block that was not opened is one of Anthropic's own tools, or its start was malformed.</summary>
    private void Go(int index, StreamDelta delta, StreamSink sink)
    {
        open.TryGetValue(index, out var block);
        switch (delta.Type)
        {
            case "text_delta":
                AddText(delta.Text, sink);
                break;
            case "thinking_delta" or "signature_delta" when block is OpenThoughts thoughts:
                thoughts.Add(delta.Thinking, delta.Signature, sink);
                break;
            case "input_json_delta" when block is OpenCall call:
                call.Add(delta.PartialJson, sink);
                break;
            case null:
                throw new JsonException();
        }
    }

    private void Close(int index, StreamSink sink)
    {
        if (open.Remove(index, out var block))
        {
            block.Close(sink, context.Origin);
        }
    }

    private void Stop(StreamDelta delta, UsageBody? usage, StreamSink sink)
    {
        SetUsage(usage, sink);
        if (delta.StopReason is null || stopped)
        {
            return;
        }
        // Blocks whose end was lost are closed now: a call without arguments must not stay without.
        foreach (var index in open.Keys.Order().ToList())
        {
            Close(index, sink);
        }
        stopped = true;
        var (reason, native) = StopReasons.Read(delta.StopReason);
        sink.Deltas.Add(new ChatDelta
        {
            FinishReason = reason,
            NativeFinishReason = native,
            Message = { Refusal = StopReasons.RefusalOf(delta.StopReason, delta.StopDetails) },
        });
    }

    private static void AddText(string? text, StreamSink sink)
    {
        if (!string.IsNullOrEmpty(text))
        {
            sink.Deltas.Add(new ChatDelta { Message = { Content = text } });
        }
    }
}
