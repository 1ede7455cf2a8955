using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Wires;
using Tollgate.Simulator.Wires.OpenAi;

namespace Tollgate.Simulator.Exchanges;

/// <summary>Records and answers requests that ask no model.</summary>
internal sealed class PlainHandler(RequestLog log, TimeProvider time)
{
    /// <summary>Answers with the status and JSON that belong to the body.</summary>
    public async Task HandleAsync(HttpContext context, Func<ReadOnlyMemory<byte>, (int Status, JsonObject Body)> answer)
    {
        var bytes = await RequestReader.ReadAsync(context.Request, context.RequestAborted);
        var record = RequestReader.Record(context.Request, bytes, "", time.GetUtcNow(), log.OnChanged);
        log.Add(record);
        try
        {
            var (status, body) = answer(bytes);
            await WriteAsync(context, status, body);
            log.CountServed();
        }
        finally
        {
            record.OnEnded();
        }
    }

    /// <summary>Tells that there is no such path, and keeps the request for those who look for it.</summary>
    public Task NotFoundAsync(HttpContext context) => HandleAsync(context, _ =>
        (404, OpenAiErrors.Write(new Rejection(ErrorKind.NotFound, 404, $"Resource not found: {context.Request.Method} {context.Request.Path}"))));

    /// <summary>Sends JSON.</summary>
    public static Task WriteAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(Json.Write(body), context.RequestAborted);
    }
}
