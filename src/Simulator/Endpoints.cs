using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tollgate.Simulator.Exchanges;
using Tollgate.Simulator.Wires;
using Tollgate.Simulator.Wires.Anthropic;
using Tollgate.Simulator.Wires.Gemini;
using Tollgate.Simulator.Wires.OpenAi;

namespace Tollgate.Simulator;

/// <summary>The providers' paths.</summary>
internal static class Endpoints
{
    public static void MapProviders(this IEndpointRouteBuilder app, ExchangeHandler handler, PlainHandler plain)
    {
        var (openAi, azure) = (new OpenAiWire(azure: false), new OpenAiWire(azure: true));
        app.MapPost("/v1/chat/completions", c => handler.HandleAsync(c, openAi));
        app.MapPost("/openai/v1/chat/completions", c => handler.HandleAsync(c, azure));
        app.MapPost("/openai/deployments/{model}/chat/completions", c => c.Request.Query.ContainsKey("api-version")
            ? handler.HandleAsync(c, azure, Route(c, "model"))
            : plain.NotFoundAsync(c));
        app.MapGet("/v1/models", c => plain.HandleAsync(c, _ => (200, OpenAiModels.List())));
        app.MapGet("/openai/v1/models", c => plain.HandleAsync(c, _ => (200, OpenAiModels.List())));

        app.MapPost("/v1/messages", c => handler.HandleAsync(c, new AnthropicWire(vertex: false)));

        const string Vertex = "/v1/projects/{project}/locations/{location}/publishers/";
        app.MapPost("/v1beta/models/{target}", c => GoogleAsync(handler, plain, c, new GeminiWire(vertex: false), "generateContent", "streamGenerateContent"));
        app.MapPost(Vertex + "google/models/{target}", c => GoogleAsync(handler, plain, c, new GeminiWire(vertex: true), "generateContent", "streamGenerateContent"));
        app.MapPost(Vertex + "anthropic/models/{target}", c => GoogleAsync(handler, plain, c, new AnthropicWire(vertex: true), "rawPredict", "streamRawPredict"));
        app.MapPost("/token", c => plain.HandleAsync(c, body => TokenEndpoint.Answer(body.Span)));
        app.MapFallback("{**path}", plain.NotFoundAsync);
    }

    // Google's paths end in model:method.
    private static Task GoogleAsync(ExchangeHandler handler, PlainHandler plain, HttpContext context, IWire wire, string whole, string streamed)
    {
        var target = Route(context, "target");
        var colon = target.LastIndexOf(':');
        var method = target[(colon + 1)..];
        var stream = string.Equals(method, streamed, StringComparison.Ordinal);
        return colon > 0 && (stream || string.Equals(method, whole, StringComparison.Ordinal))
            ? handler.HandleAsync(context, wire, target[..colon], stream)
            : plain.NotFoundAsync(context);
    }

    private static string Route(HttpContext context, string name) => (string)context.GetRouteValue(name)!;
}
