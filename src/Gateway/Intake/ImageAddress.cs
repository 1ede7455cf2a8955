using System.Net;
using System.Net.Sockets;
using Tollgate.Errors;

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
        UriHostNameType.IPv4 or UriHostNameType.IPv6 => IsPrivate(IPAddress.Parse(address.DnsSafeHost)),
        _ => address.IsLoopback || !address.DnsSafeHost.Contains('.')
            || address.DnsSafeHost.EndsWith(".internal", StringComparison.OrdinalIgnoreCase)
            || address.DnsSafeHost.EndsWith(".local", StringComparison.OrdinalIgnoreCase),
    };

    private static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            return true;
        }
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal || address.IsIPv6Multicast;
        }
        var bytes = address.GetAddressBytes();
        return bytes[0] is 10 or 0 or >= 224
            || (bytes[0] == 172 && bytes[1] is >= 16 and <= 31)
            || (bytes[0] == 192 && bytes[1] == 168)
            || (bytes[0] == 169 && bytes[1] == 254)
            || (bytes[0] == 100 && bytes[1] is >= 64 and <= 127);
    }
}
