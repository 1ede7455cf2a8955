using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Streaming;

namespace Tollgate.Endpoints;

/// <summary>What the small endpoints share: an answer in JSON, a caller's error in the caller's form.</summary>
internal static class JsonEndpoint
{
    public static Task RunAsync(HttpContext http, Func<Task<Action<Utf8JsonWriter>>> answer) =>
        RunAsync(http, async () => await WriteAsync(http, StatusCodes.Status200OK, await answer()));

    /// <summary>For an answer that is written by whoever gives it, once nothing can be refused any more.</summary>
    public static async Task RunAsync(HttpContext http, Func<Task> answer)
    {
        RequestId.Give(http, TimeProvider.System);
        try
        {
            await answer();
        }
        catch (CallerErrorException refused)
        {
            await OpenAiErrorResponse.WriteAsync(http, CallerError.Of(refused));
        }
    }

    public static async Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        using var body = new PooledBuffer();
        using (var json = new Utf8JsonWriter(body, OpenAiJson.WriterOptions))
        {
            write(json);
        }
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body.Memory, http.RequestAborted);
    }
}
