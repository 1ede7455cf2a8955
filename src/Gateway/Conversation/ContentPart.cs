using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

/// <summary>One part of a message: the member that <see cref="Type"/> names is set.</summary>
internal sealed class ContentPart
{
    /// <summary>text, image_url, input_audio, file or refusal.</summary>
    public string Type { get; set; } = "";

    public string? Text { get; set; }

    public ImageUrl? ImageUrl { get; set; }

    public InputAudio? InputAudio { get; set; }

    public FilePart? File { get; set; }

    public string? Refusal { get; set; }

    public JsonElement? CacheControl { get; set; }

    public JsonElement? ExtraContent { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extra { get; set; }
}

internal sealed class ImageUrl
{
    /// <summary>An https URL, or a data URI with base64 data.</summary>
    public string Url { get; set; } = "";

    /// <summary>auto, low or high.</summary>
    public string? Detail { get; set; }
}

internal sealed class InputAudio
{
    /// <summary>Base64.</summary>
    public string Data { get; set; } = "";

    /// <summary>wav, mp3, flac, opus, …</summary>
    public string Format { get; set; } = "";
}

internal sealed class FilePart
{
    public string? FileId { get; set; }

    /// <summary>A data URI with base64 data.</summary>
    public string? FileData { get; set; }

    public string? Filename { get; set; }
}
