using System.Text;
using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>Where the bytes of an image or document are: base64, plain text, a URL or an uploaded file.</summary>
internal sealed class MediaSource
{
    private const string Base64 = ";base64,";

    private readonly string kind;
    private readonly string? mediaType;
    private readonly string valueName;
    private readonly ReadOnlyMemory<char> value;

    private MediaSource(string kind, string? mediaType, string valueName, ReadOnlyMemory<char> value)
    {
        this.kind = kind;
        this.mediaType = mediaType;
        this.valueName = valueName;
        this.value = value;
    }

    /// <summary>Else it is a document.</summary>
    public required bool IsImage { get; init; }

    public static bool IsDataUri(string url) => url.StartsWith("data:", StringComparison.OrdinalIgnoreCase);

    public static MediaSource Url(string url) => new("url", null, "url", url.AsMemory()) { IsImage = true };

    public static MediaSource File(string id) => new("file", null, "file_id", id.AsMemory()) { IsImage = false };

    /// <summary>Reads a data URI.</summary>
    /// <exception cref="CallerErrorException">Not base64, or of a type that Anthropic does not take; names <paramref name="param"/>.</exception>
    public static MediaSource DataUri(string uri, string param)
    {
        var mark = uri.IndexOf(Base64, StringComparison.OrdinalIgnoreCase);
        if (!IsDataUri(uri) || mark < 0 || mark + Base64.Length == uri.Length)
        {
            throw CallerErrorException.Invalid($"'{param}' must be a data URI with base64 data.", param, "invalid_value");
        }
        var type = uri["data:".Length..mark].Split(';')[0].ToLowerInvariant();
        var data = uri.AsMemory(mark + Base64.Length);
        return type switch
        {
            "image/jpeg" or "image/png" or "image/gif" or "image/webp" => new MediaSource("base64", type, "data", data) { IsImage = true },
            "image/jpg" => new MediaSource("base64", "image/jpeg", "data", data) { IsImage = true },
            "application/pdf" => new MediaSource("base64", type, "data", data) { IsImage = false },
            "text/plain" => new MediaSource("text", type, "data", Decoded(data, param).AsMemory()) { IsImage = false },
            _ => throw CallerErrorException.Invalid(
                $"'{param}' must be of type image/jpeg, image/png, image/gif, image/webp, application/pdf or text/plain.", param, "invalid_value"),
        };
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("source"u8);
        json.WriteString("type"u8, kind);
        if (mediaType is not null)
        {
            json.WriteString("media_type"u8, mediaType);
        }
        json.WriteString(valueName, value.Span);
        json.WriteEndObject();
    }

    private static string Decoded(ReadOnlyMemory<char> base64, string param)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64.Span, bytes, out var count)
            ? Encoding.UTF8.GetString(bytes.AsSpan(0, count))
            : throw CallerErrorException.Invalid($"'{param}' must hold base64 data.", param, "invalid_value");
    }
}
