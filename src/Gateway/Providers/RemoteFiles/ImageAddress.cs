using System.Net;
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
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && !httpsOnly)))
        {
            throw CallerErrorException.Invalid($"'{param}' must be an https URL or a data URI.", param, "invalid_image_url");
        }
        if (IsPrivate(address))
        {
            throw CallerErrorException.Invalid($"'{param}' must not name a private address.", param, "invalid_image_url");
        }
    }

    /// <summary>Judges the name as a resolver sees it: in ASCII, without the dot that may end it.</summary>
    private static bool IsPrivate(Uri address)
    {
        var host = address.IdnHost.TrimEnd('.');
        return IPAddress.TryParse(host, out var ip)
            ? !PublicAddresses.Contain(ip)
            : address.IsLoopback || !host.Contains('.') || InsideNames.Any(name => host.EndsWith(name, StringComparison.OrdinalIgnoreCase));
    }
}
