namespace Tollgate.Providers.Gemini.Requests;

/// <summary>A data URI with base64 data, RFC 2397.</summary>
/// <param name="MediaType">In lower case, without parameters.</param>
/// <param name="Base64">The data as the caller wrote it.</param>
internal readonly record struct DataUri(string MediaType, ReadOnlyMemory<char> Base64)
{
    private const string Scheme = "data:";
    private const string Marker = ";base64";

    public static bool IsOne(string url) => url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>False for anything but a data URI that names its media type and holds valid base64.</summary>
    public static bool TryParse(string url, out DataUri parsed)
    {
        parsed = default;
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (!IsOne(url) || comma < 0)
        {
            return false;
        }
        var head = url.AsSpan(Scheme.Length, comma - Scheme.Length);
        if (!head.EndsWith(Marker, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var type = head[..head.IndexOf(';')].Trim();
        var data = url.AsMemory(comma + 1);
        if (!type.Contains('/') || data.IsEmpty || !System.Buffers.Text.Base64.IsValid(data.Span))
        {
            return false;
        }
        parsed = new DataUri(type.ToString().ToLowerInvariant(), data);
        return true;
    }

    public static string Write(string mediaType, ReadOnlySpan<byte> bytes) => $"{Scheme}{mediaType}{Marker},{Convert.ToBase64String(bytes)}";
}
