using System.Diagnostics.CodeAnalysis;
using Tollgate.Catalogue;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// URLs that a model fetches by itself. <c>fileData</c> wants a media type, so a URL is handed on only when its path's
/// extension tells the type; any other is fetched by the gateway, which learns the type from the response. It is never guessed.
/// <c>gs://</c> is not among them: Vertex would read it with the rights of the gateway's project, whoever asks.
/// </summary>
internal static class MediaUrl
{
    public static bool IsTakenBy(ModelProfile model, string url, [NotNullWhen(true)] out string? mediaType)
    {
        mediaType = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            return false;
        }
        var fetched = uri.Scheme == Uri.UriSchemeHttps && model.Can(Capabilities.UrlImages);
        mediaType = fetched ? MediaTypes.OfPath(uri.AbsolutePath) : null;
        return mediaType is not null;
    }
}
