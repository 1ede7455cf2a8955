using Microsoft.AspNetCore.Http;

namespace Tollgate.Errors;

/// <summary>What callers of an address that is not there are told.</summary>
internal static class UnknownUrl
{
    /// <summary>404.</summary>
    public static CallerErrorException Of(HttpRequest request) => new(404, $"Unknown request URL: {Method(request)} {Path(request)}.", code: "unknown_url");

    /// <summary>The method, if it is one.</summary>
    public static string Method(HttpRequest request) => request.Method.Length <= 16 ? request.Method : "?";

    public static string Path(HttpRequest request) => request.Path.Value is { Length: <= 256 } path ? path : "(too long to show)";
}
