using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Providers.OpenAi;

/// <summary>Reads the <c>usage</c> object.</summary>
internal static class OpenAiUsage
{
    /// <summary>Reads the object the reader stands on and leaves the reader on its end. DeepSeek's own name for cached tokens is read too.</summary>
    public static TokenUsage Read(ref Utf8JsonReader reader)
    {
        long prompt = 0, completion = 0, cached = 0, cacheWrite = 0, reasoning = 0, audioIn = 0, audioOut = 0, imageIn = 0, imageOut = 0;
        var depth = reader.CurrentDepth;
        var inCompletion = false;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth))
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }
            var name = reader.ValueSpan;
            inCompletion = reader.CurrentDepth == depth + 1 ? name.SequenceEqual("completion_tokens_details"u8) : inCompletion;
            if (name.SequenceEqual("prompt_tokens"u8)) { prompt = Number(ref reader); }
            else if (name.SequenceEqual("completion_tokens"u8)) { completion = Number(ref reader); }
            else if (name.SequenceEqual("cached_tokens"u8) || name.SequenceEqual("prompt_cache_hit_tokens"u8)) { cached = Number(ref reader); }
            else if (name.SequenceEqual("cache_creation_tokens"u8) || name.SequenceEqual("cache_write_tokens"u8)) { cacheWrite = Number(ref reader); }
            else if (name.SequenceEqual("reasoning_tokens"u8)) { reasoning = Number(ref reader); }
            else if (name.SequenceEqual("audio_tokens"u8))
            {
                var audio = Number(ref reader);
                (audioIn, audioOut) = inCompletion ? (audioIn, audio) : (audio, audioOut);
            }
            else if (name.SequenceEqual("image_tokens"u8))
            {
                var images = Number(ref reader);
                (imageIn, imageOut) = inCompletion ? (imageIn, images) : (images, imageOut);
            }
        }
        return new TokenUsage
        {
            Prompt = prompt,
            Completion = completion,
            CacheRead = Math.Min(cached, prompt),
            CacheWrite5m = Math.Min(cacheWrite, prompt),
            Reasoning = reasoning,
            PromptAudio = audioIn,
            CompletionAudio = audioOut,
            PromptImage = imageIn,
            CompletionImage = imageOut,
        };
    }

    private static long Number(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value > 0 ? value : 0;
}
