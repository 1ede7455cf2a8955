using System.Buffers;
using System.Text;
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

internal sealed class OpenThoughts : OpenBlock
{
    private readonly StringBuilder text = new();
    private readonly StringBuilder signature = new();

    public void Add(string? thought, string? signed, StreamSink sink)
    {
        signature.Append(signed);
        if (!string.IsNullOrEmpty(thought))
        {
            text.Append(thought);
            sink.Deltas.Add(new ChatDelta { Message = { ReasoningContent = thought } });
        }
    }

    /// <summary>Also without a text: then the signature holds the thoughts. Without a signature the block could not be sent back.</summary>
    public override void Close(StreamSink sink, string origin)
    {
        if (signature.Length > 0)
        {
            AddThoughts(sink, origin, "thinking", ("thinking", text.ToString()), ("signature", signature.ToString()));
        }
    }
}

internal sealed class OpenRedaction(string data) : OpenBlock
{
    public override void Close(StreamSink sink, string origin) => AddThoughts(sink, origin, "redacted_thinking", ("data", data));
}

internal sealed class OpenCall : OpenBlock
{
    private readonly int index;
    private readonly JsonElement? input;
    private bool hasArguments;

    /// <summary>The first fragment of a call carries its id and name.</summary>
    public OpenCall(int index, ContentBlock block, StreamSink sink)
    {
        this.index = index;
        input = block.Input;
        Add(sink, new ToolCall { Id = block.Id, Type = "function", Function = new FunctionCall { Name = block.Name, Arguments = "" } });
    }

    public void Add(string? fragment, StreamSink sink)
    {
        if (!string.IsNullOrEmpty(fragment))
        {
            hasArguments = true;
            Add(sink, new ToolCall { Function = new FunctionCall { Arguments = fragment } });
        }
    }

    /// <summary>Anthropic streams nothing for a call without arguments; its callers parse them all the same.</summary>
    public override void Close(StreamSink sink, string origin)
    {
        if (!hasArguments)
        {
            Add(input is { ValueKind: JsonValueKind.Object } whole ? whole.GetRawText() : "{}", sink);
        }
    }

    private void Add(StreamSink sink, ToolCall call)
    {
        call.Index = index;
        sink.Deltas.Add(new ChatDelta { Message = { ToolCalls = [call] } });
    }
}
