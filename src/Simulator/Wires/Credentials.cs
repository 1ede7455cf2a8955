using Microsoft.AspNetCore.Http;

namespace Tollgate.Simulator.Wires;

/// <summary>Where credentials stand in a request.</summary>
internal static class Credentials
{
    private const string Scheme = "Bearer ";

    /// <summary>The token of <c>Authorization: Bearer</c>, or null.</summary>
    public static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? NullIfEmpty(value[Scheme.Length..].Trim())
            : null;

    /// <summary>The value of a header, or null.</summary>
    public static string? Header(HttpRequest request, string name) => NullIfEmpty(request.Headers[name].ToString());

    private static string? NullIfEmpty(string value) => value.Length == 0 ? null : value;
}
