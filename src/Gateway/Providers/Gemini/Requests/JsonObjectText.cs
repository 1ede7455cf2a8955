using System.Buffers;
using System.Text.Json;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>A string that may hold a JSON object.</summary>
internal static class JsonObjectText
{
    /// <summary>Writes the object that <paramref name="text"/> holds, or nothing where it holds something else.</summary>
    public static bool TryWrite(Utf8JsonWriter json, string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith('{'))
        {
            return false;
        }
        var copy = new ArrayBufferWriter<byte>(text.Length);
        try
        {
            using var parsed = JsonDocument.Parse(text);
            using var writer = new Utf8JsonWriter(copy, GeminiRequestWriter.Options);
            parsed.RootElement.WriteTo(writer);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // An InvalidOperationException is half of a surrogate pair: JSON by its grammar, but no text.
            return false;
        }
        json.WriteRawValue(copy.WrittenSpan, skipInputValidation: true);
        return true;
    }
}
