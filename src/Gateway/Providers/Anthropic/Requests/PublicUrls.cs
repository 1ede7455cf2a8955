using System.Net;
using System.Net.Sockets;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>
/// URLs that we ask the upstream to fetch. It resolves the name, not we, so only what the URL says itself is checked:
/// https, and no host that is plainly not on the public internet.
/// </summary>
internal static class PublicUrls
{
    /// <exception cref="CallerErrorException">Not such a URL; names <paramref name="param"/>.</exception>
    public static void Check(string url, string param)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
        {
            throw CallerErrorException.Invalid($"'{param}' must be an https URL or a data URI.", param, "invalid_value");
        }
        if (!IsPublic(uri))
        {
            throw CallerErrorException.Invalid($"'{param}' must name a public host.", param, "invalid_value");
        }
    }

    private static bool IsPublic(Uri uri)
    {
        var host = uri.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host, out var address))
        {
            return IsPublic(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
        }
        // A name without a dot, and these suffixes, resolve only inside somebody's network.
        return host.Contains('.')
            && !host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            && !host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            && !host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Ranges: https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin.</summary>
    private static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return !(IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal
                || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any));
        }
        var bytes = address.GetAddressBytes();
        return (bytes[0], bytes[1]) switch
        {
            (0 or 10 or 127 or >= 224, _) => false,
            (100, >= 64 and < 128) => false,
            (169, 254) => false,
            (172, >= 16 and < 32) => false,
            (192, 168) => false,
            _ => true,
        };
    }
}
