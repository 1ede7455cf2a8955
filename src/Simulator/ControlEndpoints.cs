using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Tollgate.Simulator.Exchanges;
using Tollgate.Simulator.Scenarios;

namespace Tollgate.Simulator;

/// <summary>Paths that tell what the simulator received. They are not recorded themselves.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app, RequestLog log, RequestCounter counter)
    {
        app.MapGet("/__sim/requests", c => PlainHandler.WriteAsync(c, 200, new JsonArray([.. log.Snapshot().Select(Describe)])));
        app.MapGet("/__sim/stats", c => PlainHandler.WriteAsync(c, 200, new JsonObject
        {
            ["received"] = log.Received,
            ["served"] = log.Served,
            ["activeStreams"] = log.ActiveStreams,
        }));
        app.MapPost("/__sim/reset", c =>
        {
            log.Clear();
            counter.Reset();
            c.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
    }

    private static JsonObject Describe(RecordedRequest request) => new()
    {
        ["number"] = request.Number,
        ["time"] = request.Time,
        ["method"] = request.Method,
        ["path"] = request.Path,
        ["query"] = request.Query,
        ["model"] = request.Model,
        ["headers"] = new JsonObject(request.Headers.Select(h => KeyValuePair.Create<string, JsonNode?>(h.Key, h.Value))),
        ["bodyLength"] = request.BodyLength,
        ["body"] = request.BodyText,
        ["promptTokens"] = request.PromptTokens,
        ["completionTokens"] = request.CompletionTokens,
        ["ended"] = request.WhenEnded.IsCompleted,
        ["aborted"] = request.Aborted,
    };
}
