using System.Buffers;
using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Dialects.OpenAi;

/// <summary>Writes the events of one streamed answer in OpenAI's form. One instance per call; not thread-safe.</summary>
/// <param name="head">What every chunk repeats.</param>
/// <param name="includeUsage">The caller asked for the usage chunk; then every other chunk says <c>"usage":null</c>, as OpenAI's do.</param>
internal sealed class OpenAiStreamWriter(OpenAiReplyHead head, bool includeUsage) : IDisposable
{
    private readonly Utf8JsonWriter json = new(Stream.Null, OpenAiJson.WriterOptions);
    private readonly byte[] opening = Opening(head);
    private readonly HashSet<int> opened = [];

    public void WriteDelta(IBufferWriter<byte> output, ChatDelta delta)
    {
        Begin(output);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, delta.Choice);
        json.WriteStartObject("delta"u8);
        if (opened.Add(delta.Choice))
        {
            json.WriteString("role"u8, "assistant"u8);
        }
        if (delta.Message.Content is { } content)
        {
            json.WriteString("content"u8, content);
        }
        OpenAiJson.WriteMembers(json, delta.Message);
        json.WriteEndObject();
        if (delta.Logprobs is { } logprobs)
        {
            json.WritePropertyName("logprobs"u8);
            logprobs.WriteTo(json);
        }
        OpenAiJson.WriteFinish(json, delta.FinishReason, delta.NativeFinishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        if (includeUsage)
        {
            json.WriteNull("usage"u8);
        }
        End(output);
    }

    /// <summary>Writes the last chunk: usage, and what the call cost under the gateway's own name.</summary>
    public void WriteUsage(IBufferWriter<byte> output, in TokenUsage usage, long costMicroUsd)
    {
        Begin(output);
        json.WriteStartArray("choices"u8);
        json.WriteEndArray();
        OpenAiJson.WriteUsage(json, usage);
        json.WriteStartObject("tollgate"u8);
        json.WriteNumber("cost_usd"u8, costMicroUsd / 1_000_000m);
        json.WriteEndObject();
        End(output);
    }

    public static void WriteDone(IBufferWriter<byte> output) => output.Write("data: [DONE]\n\n"u8);

    public void Dispose() => json.Dispose();

    /// <summary>What every chunk starts with, written once.</summary>
    private static byte[] Opening(OpenAiReplyHead head)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("data: "u8);
        using (var json = new Utf8JsonWriter(buffer, OpenAiJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, head.Id);
            json.WriteString("object"u8, "chat.completion.chunk"u8);
            json.WriteNumber("created"u8, head.Created);
            json.WriteString("model"u8, head.Model);
        }
        buffer.Write(","u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The writer starts behind the opening: its own brace is the one that stands there already.</summary>
    private void Begin(IBufferWriter<byte> output)
    {
        output.Write(opening);
        json.Reset(output);
    }

    private void End(IBufferWriter<byte> output)
    {
        json.Flush();
        output.Write("}\n\n"u8);
    }
}
