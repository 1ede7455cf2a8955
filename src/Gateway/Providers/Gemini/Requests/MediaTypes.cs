using System.Collections.Frozen;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// Media types that Gemini takes. Sources: https://ai.google.dev/gemini-api/docs/image-understanding, …/audio, …/document-processing.
/// </summary>
internal static class MediaTypes
{
    private static readonly FrozenDictionary<string, string> ByAudioFormat = new Dictionary<string, string>
    {
        ["wav"] = "audio/wav",
        ["mp3"] = "audio/mp3",
        ["aiff"] = "audio/aiff",
        ["aac"] = "audio/aac",
        ["ogg"] = "audio/ogg",
        ["opus"] = "audio/ogg",
        ["flac"] = "audio/flac",
        ["m4a"] = "audio/m4a",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> ByExtension = new Dictionary<string, string>
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".webp"] = "image/webp",
        [".gif"] = "image/gif",
        [".heic"] = "image/heic",
        [".heif"] = "image/heif",
        [".pdf"] = "application/pdf",
        [".txt"] = "text/plain",
        [".wav"] = "audio/wav",
        [".mp3"] = "audio/mp3",
        [".flac"] = "audio/flac",
        [".mp4"] = "video/mp4",
        [".webm"] = "video/webm",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static string AudioFormats { get; } = string.Join(", ", ByAudioFormat.Keys.Order(StringComparer.Ordinal));

    public static string? OfAudioFormat(string format) => ByAudioFormat.GetValueOrDefault(format);

    public static string? OfPath(string path) => ByExtension.GetValueOrDefault(Path.GetExtension(path));
}
