using System.Text.Encodings.Web;
using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Dialects.OpenAi;

/// <summary>The pieces that whole answers and streamed chunks of the OpenAI dialect share.</summary>
internal static class OpenAiJson
{
    /// <summary>Text is written as UTF-8, as OpenAI does, not as <c>\u</c> escapes.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes the members of a message or delta but its role.</summary>
    public static void WriteMembers(Utf8JsonWriter json, ReplyMessage message)
    {
        if (message.Refusal is not null)
        {
            json.WriteString("refusal"u8, message.Refusal);
        }
        if (message.ReasoningContent is not null)
        {
            json.WriteString("reasoning_content"u8, message.ReasoningContent);
        }
        if (message.ThinkingBlocks is { } blocks)
        {
            json.WriteStartArray("thinking_blocks"u8);
            foreach (var block in blocks)
            {
                block.WriteTo(json);
            }
            json.WriteEndArray();
        }
        if (message.ToolCalls is { } calls)
        {
            json.WritePropertyName("tool_calls"u8);
            JsonSerializer.Serialize(json, calls, ConversationJson.Default.ListToolCall);
        }
        if (message.Images is { } images)
        {
            json.WritePropertyName("images"u8);
            JsonSerializer.Serialize(json, images, ConversationJson.Default.ListContentPart);
        }
        if (message.ExtraContent is { } extra)
        {
            json.WritePropertyName("extra_content"u8);
            extra.WriteTo(json);
        }
    }

    public static void WriteFinish(Utf8JsonWriter json, string? finishReason, string? nativeFinishReason)
    {
        json.WriteString("finish_reason"u8, finishReason);
        if (nativeFinishReason is not null)
        {
            json.WriteString("native_finish_reason"u8, nativeFinishReason);
        }
    }

    public static void WriteUsage(Utf8JsonWriter json, in TokenUsage usage)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage.Prompt);
        json.WriteNumber("completion_tokens"u8, usage.Completion);
        json.WriteNumber("total_tokens"u8, usage.Total);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CacheRead);
        json.WriteNumber("cache_creation_tokens"u8, usage.CacheWrite5m + usage.CacheWrite1h);
        json.WriteNumber("audio_tokens"u8, usage.PromptAudio);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning);
        json.WriteNumber("audio_tokens"u8, usage.CompletionAudio);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
