using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tollgate.Errors;
using Tollgate.Streaming;

namespace Tollgate.Dialects.OpenAi;

/// <summary>An answer that is an error.</summary>
internal static class OpenAiErrorResponse
{
    public static async Task WriteAsync(HttpContext http, CallerError error)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        http.Response.StatusCode = error.Status;
        http.Response.ContentType = "application/json; charset=utf-8";
        if (error.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
            http.Response.Headers[GatewayHeaders.RetryAfterMs] = Math.Ceiling(wait.TotalMilliseconds).ToString("0", CultureInfo.InvariantCulture);
        }
        using var body = new PooledBuffer();
        OpenAiErrorWriter.Write(body, error);
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body.Memory, http.RequestAborted);
    }
}
