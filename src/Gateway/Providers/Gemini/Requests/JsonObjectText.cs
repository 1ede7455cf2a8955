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
        try
        {
            using var parsed = JsonDocument.Parse(text);
            parsed.RootElement.WriteTo(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
