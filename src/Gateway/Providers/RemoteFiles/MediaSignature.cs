namespace Tollgate.Providers.RemoteFiles;

/// <summary>The first bytes of the file types that models take most. Source: https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern.</summary>
internal static class MediaSignature
{
    private const string Jpeg = "image/jpeg";

    private static readonly string[] Known = [Jpeg, "image/png", "image/gif", "image/webp", "application/pdf"];

    /// <summary>The media type of a file, or null where what the server says is not borne out by the bytes.</summary>
    /// <param name="declared">The response's Content-Type without parameters; null or <c>application/octet-stream</c> says nothing.</param>
    /// <param name="bytes">The file.</param>
    public static string? Confirm(string? declared, ReadOnlySpan<byte> bytes)
    {
        var seen = Of(bytes);
        var named = declared?.ToLowerInvariant() switch
        {
            null or "application/octet-stream" or "binary/octet-stream" => seen,
            "image/jpg" => Jpeg,
            var type => type,
        };
        var isMedia = named is not null && (Known.Contains(named) || named.StartsWith("image/", StringComparison.Ordinal)
            || named.StartsWith("audio/", StringComparison.Ordinal) || named.StartsWith("video/", StringComparison.Ordinal));
        return isMedia && (named == seen || (seen is null && !Known.Contains(named))) ? named : null;
    }

    private static string? Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return Jpeg;
        }
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return "image/png";
        }
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
        {
            return "image/gif";
        }
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
        {
            return "image/webp";
        }
        return bytes.StartsWith("%PDF-"u8) ? "application/pdf" : null;
    }
}
