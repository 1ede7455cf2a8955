using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Writes a call's arguments, JSON in a string for OpenAI, as the object that Gemini takes.</summary>
internal static class CallArguments
{
    /// <exception cref="CallerErrorException">The arguments are not a JSON object.</exception>
    public static void Write(Utf8JsonWriter json, ToolCall call, string at)
    {
        if (call.Function is null)
        {
            WriteCustom(json, call.Custom);
        }
        else if (string.IsNullOrWhiteSpace(call.Function.Arguments))
        {
            json.WriteStartObject();
            json.WriteEndObject();
        }
        else if (!JsonObjectText.TryWrite(json, call.Function.Arguments))
        {
            throw CallerErrorException.Invalid(
                $"'{at}.function.arguments' must be a JSON object, written as a string.", $"{at}.function.arguments", "invalid_value");
        }
    }

    /// <summary>A custom tool takes free text; in a history it is a function with one parameter.</summary>
    private static void WriteCustom(Utf8JsonWriter json, JsonElement? custom)
    {
        json.WriteStartObject();
        if (custom is { ValueKind: JsonValueKind.Object } call && call.TryGetProperty("input", out var input))
        {
            json.WritePropertyName("input");
            input.WriteTo(json);
        }
        json.WriteEndObject();
    }
}
