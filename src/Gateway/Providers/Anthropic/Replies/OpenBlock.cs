using System.Buffers;
using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>A content block of a stream between its start and its end.</summary>
internal abstract class OpenBlock
{
    /// <summary>Adds what can be said only now that the block is whole.</summary>
    public abstract void Close(StreamSink sink, string origin);

    protected static void AddThoughts(StreamSink sink, string origin, string type, (string Name, string Value) first, (string Name, string Value)? second = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, AnthropicJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteString(first.Name, first.Value);
            if (second is { } more)
            {
                json.WriteString(more.Name, more.Value);
            }
            json.WriteEndObject();
        }
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        sink.Deltas.Add(new ChatDelta
        {
            Message = { ThinkingBlocks = [JsonElement.ParseValue(ref reader)], ExtraContent = ReplyOrigin.Mark(origin) },
        });
    }
}
