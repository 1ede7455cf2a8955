using System.Diagnostics.CodeAnalysis;
using Tollgate.Catalogue;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// URLs that a model fetches by itself. <c>fileData</c> wants a media type, so a URL is handed on only when its path's
/// extension tells the type; any other is fetched by the gateway, which learns the type from the response. It is never guessed.
/// </summary>
internal static class MediaUrl
{
    public static bool IsTakenBy(ModelProfile model, GeminiPlatform platform, string url, [NotNullWhen(true)] out string? mediaType)
    {
        mediaType = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            return false;
        }
        var fetched = IsBucket(url, platform) || (uri.Scheme == Uri.UriSchemeHttps && model.Can(Capabilities.UrlImages));
        mediaType = fetched ? MediaTypes.OfPath(uri.AbsolutePath) : null;
        return mediaType is not null;
    }

    /// <summary>An object of Google Cloud Storage, which Vertex reads with the caller project's rights.</summary>
    public static bool IsBucket(string url, GeminiPlatform platform) =>
        platform == GeminiPlatform.Vertex && url.StartsWith("gs://", StringComparison.Ordinal);
}
