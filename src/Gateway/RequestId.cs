using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tollgate;

/// <summary>Ids of calls: <c>req_</c> and the 32 digits of a version 7 UUID, so that they sort by time.</summary>
internal static class RequestId
{
    /// <summary>Mints an id and tells it to the caller.</summary>
    public static string Give(HttpContext http, TimeProvider time)
    {
        var id = New(time.GetUtcNow());
        http.Response.Headers[GatewayHeaders.RequestId] = id;
        return id;
    }

    /// <summary>No id given at a time or later sorts before this.</summary>
    public static string First(DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture, $"req_{Math.Max(0, at.ToUnixTimeMilliseconds()):x12}");

    public static string New(DateTimeOffset now) => string.Concat("req_", Guid.CreateVersion7(now).ToString("N"));
}
