using System.Net;
using System.Text;
using Tollgate.Errors;

namespace Tollgate.Providers.RemoteFiles;

/// <summary>
/// Refuses image URLs that name a place inside somebody's network, whoever would fetch them: a self-hosted upstream
/// beside the gateway would reach it. Names that resolve to such places are the fetcher's to check.
/// </summary>
internal static class ImageAddress
{
    private static readonly string[] InsideNames = [".internal", ".local", ".localhost"];

    /// <exception cref="CallerErrorException">Not an http(s) URL, or a private address.</exception>
    public static void Check(string url, string param, bool httpsOnly = false)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !IsWeb(address, httpsOnly) || IsAmbiguous(url, address))
        {
            throw CallerErrorException.Invalid($"'{param}' must be an https URL or a data URI.", param, "invalid_image_url");
        }
        if (IsPrivate(address.DnsSafeHost.TrimEnd('.')))
        {
            throw CallerErrorException.Invalid($"'{param}' must not name a private address.", param, "invalid_image_url");
        }
    }

    private static bool IsWeb(Uri address, bool httpsOnly) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && !httpsOnly);

    /// <summary>Parsers differ in which host such a URL names: the one checked here need not be the one that is fetched.</summary>
    private static bool IsAmbiguous(string url, Uri address) =>
        url.Contains('\\') || url.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) || address.UserInfo.Length > 0
        || !Ascii.IsValid(address.Host);

    /// <summary>Judges the name as a resolver sees it, without the dot that may end it.</summary>
    private static bool IsPrivate(string host) => IPAddress.TryParse(host, out var ip)
        ? !PublicAddresses.Contain(ip)
        : !host.Contains('.') || InsideNames.Any(name => host.EndsWith(name, StringComparison.OrdinalIgnoreCase));
}
