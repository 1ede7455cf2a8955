using System.Buffers;
using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Dialects.OpenAi;

/// <summary>Writes a whole answer as OpenAI's chat completion object.</summary>
internal static class OpenAiReplyWriter
{
    public static void Write(IBufferWriter<byte> output, OpenAiReplyHead head, ChatReply reply)
    {
        using var json = new Utf8JsonWriter(output, OpenAiJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("id"u8, head.Id);
        json.WriteString("object"u8, "chat.completion"u8);
        json.WriteNumber("created"u8, head.Created);
        json.WriteString("model"u8, head.Model);
        json.WriteStartArray("choices"u8);
        foreach (var choice in reply.Choices)
        {
            WriteChoice(json, choice);
        }
        json.WriteEndArray();
        if (reply.Usage is { } usage)
        {
            OpenAiJson.WriteUsage(json, usage);
        }
        if (reply.ServiceTier is not null)
        {
            json.WriteString("service_tier"u8, reply.ServiceTier);
        }
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, ChatChoice choice)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice.Index);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, choice.Message.Content);
        OpenAiJson.WriteMembers(json, choice.Message);
        json.WriteEndObject();
        if (choice.Logprobs is { } logprobs)
        {
            json.WritePropertyName("logprobs"u8);
            logprobs.WriteTo(json);
        }
        else
        {
            json.WriteNull("logprobs"u8);
        }
        OpenAiJson.WriteFinish(json, choice.FinishReason, choice.NativeFinishReason);
        json.WriteEndObject();
    }
}
