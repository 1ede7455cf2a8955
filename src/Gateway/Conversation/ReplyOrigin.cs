using System.Text.Json;

namespace Tollgate.Conversation;

/// <summary>
/// Signatures of thoughts are valid only for the provider and model family that made them. A reply that carries
/// any says where it came from in <c>extra_content.tollgate.origin</c>; clients echo the message with the next request,
/// and a translator sends the signatures on only when the origin is its own.
/// </summary>
internal static class ReplyOrigin
{
    /// <summary>The origin named by a message's <c>extra_content</c>, or null.</summary>
    public static string? Of(JsonElement? extraContent) =>
        extraContent is { ValueKind: JsonValueKind.Object } content
        && content.TryGetProperty("tollgate", out var own) && own.ValueKind == JsonValueKind.Object
        && own.TryGetProperty("origin", out var origin) && origin.ValueKind == JsonValueKind.String
            ? origin.GetString()
            : null;

    /// <summary>True when thoughts of this message may be sent to <paramref name="origin"/>; a message that names none is taken at its word.</summary>
    public static bool Allows(JsonElement? extraContent, string origin) => Of(extraContent) is not { } named || named == origin;

    /// <summary>An <c>extra_content</c> that names <paramref name="origin"/>, with a Gemini thought signature of the text where there is one.</summary>
    public static JsonElement Mark(string origin, string? thoughtSignature = null)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (thoughtSignature is not null)
            {
                json.WriteStartObject("google");
                json.WriteString("thought_signature", thoughtSignature);
                json.WriteEndObject();
            }
            json.WriteStartObject("tollgate");
            json.WriteString("origin", origin);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }
}
