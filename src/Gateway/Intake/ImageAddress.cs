using System.Net;
using Tollgate.Errors;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Intake;

/// <summary>
/// Refuses image URLs that name a place inside somebody's network, whoever would fetch them: a self-hosted upstream
/// beside the gateway would reach it. Names that resolve to such places are the fetcher's to check.
/// </summary>
internal static class ImageAddress
{
    /// <exception cref="CallerErrorException">Not an http(s) URL, or a private address.</exception>
    public static void Check(string url, string param)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
        {
            throw CallerErrorException.Invalid($"'{param}' must be an https URL or a data URI.", param, "invalid_image_url");
        }
        if (IsPrivate(address))
        {
            throw CallerErrorException.Invalid($"'{param}' must not name a private address.", param, "invalid_image_url");
        }
    }

    private static bool IsPrivate(Uri address) => address.HostNameType switch
    {
        UriHostNameType.IPv4 or UriHostNameType.IPv6 => !PublicAddresses.Contain(IPAddress.Parse(address.DnsSafeHost)),
        _ => address.IsLoopback || !address.DnsSafeHost.Contains('.')
            || address.DnsSafeHost.EndsWith(".internal", StringComparison.OrdinalIgnoreCase)
            || address.DnsSafeHost.EndsWith(".local", StringComparison.OrdinalIgnoreCase),
    };
}
