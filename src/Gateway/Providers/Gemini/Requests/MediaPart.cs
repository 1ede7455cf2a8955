using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Writes an image, a sound or a file: inline where the caller sent its bytes, else by its URL.</summary>
internal static class MediaPart
{
    public static void Write(RequestScope scope, ContentPart part, string at)
    {
        switch (part.Type)
        {
            case "image_url":
                if (part.ImageUrl!.Detail is not null and not "auto")
                {
                    scope.Translation.Drop("messages[].content[].image_url.detail", "Gemini sets no resolution for a single image.");
                }
                WriteUrl(scope, part.ImageUrl.Url, $"{at}.image_url.url");
                break;
            case "input_audio":
                WriteAudio(scope, part.InputAudio!, at);
                break;
            case "file":
                WriteFile(scope, part.File!, at);
                break;
            default:
                throw CallerErrorException.Invalid($"'{at}.type' is not served by this model.", $"{at}.type", "invalid_value");
        }
    }

    private static void WriteAudio(RequestScope scope, InputAudio audio, string at)
    {
        var type = MediaTypes.OfAudioFormat(audio.Format)
            ?? throw CallerErrorException.Invalid(
                $"'{at}.input_audio.format' must be one of {MediaTypes.AudioFormats}.", $"{at}.input_audio.format", "invalid_value");
        if (!System.Buffers.Text.Base64.IsValid(audio.Data))
        {
            throw CallerErrorException.Invalid($"'{at}.input_audio.data' must be base64.", $"{at}.input_audio.data", "invalid_value");
        }
        WriteInline(scope, type, audio.Data);
    }

    /// <summary>A file's name is a label that OpenAI asks for and Gemini has no use for.</summary>
    private static void WriteFile(RequestScope scope, FilePart file, string at)
    {
        if (file.FileData is { Length: > 0 } data)
        {
            WriteUrl(scope, data, $"{at}.file.file_data");
        }
        else
        {
            throw CallerErrorException.Invalid(
                $"'{at}.file.file_data' is missing: this model knows no uploaded files.", $"{at}.file.file_data", "missing_required_parameter");
        }
    }

    private static void WriteUrl(RequestScope scope, string url, string at)
    {
        if (DataUri.TryParse(url, out var inline))
        {
            WriteInline(scope, inline.MediaType, inline.Base64.Span);
        }
        else if (!DataUri.IsOne(url) && MediaUrl.IsTakenBy(scope.Model, url, out var mediaType))
        {
            WriteReference(scope, mediaType, url);
        }
        else
        {
            throw CallerErrorException.Invalid($"'{at}' must be a data URI with a media type and base64 data, or an https URL.", at, "invalid_value");
        }
    }

    private static void WriteInline(RequestScope scope, string mediaType, ReadOnlySpan<char> base64)
    {
        scope.Json.WriteStartObject();
        scope.Json.WriteStartObject("inlineData");
        scope.Json.WriteString("mimeType", mediaType);
        scope.Json.WriteString("data", base64);
        scope.Json.WriteEndObject();
        scope.Json.WriteEndObject();
    }

    private static void WriteReference(RequestScope scope, string mediaType, string url)
    {
        scope.Json.WriteStartObject();
        scope.Json.WriteStartObject("fileData");
        scope.Json.WriteString("mimeType", mediaType);
        scope.Json.WriteString("fileUri", url);
        scope.Json.WriteEndObject();
        scope.Json.WriteEndObject();
    }
}
