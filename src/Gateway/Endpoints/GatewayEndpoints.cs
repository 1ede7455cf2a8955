using Microsoft.AspNetCore.Http;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;

namespace Tollgate.Endpoints;

/// <summary>The gateway's addresses.</summary>
public sealed class GatewayEndpoints
{
    internal GatewayEndpoints(GatewayPipeline pipeline, ModelsEndpoint models, UsageEndpoint usage, HealthEndpoint health)
    {
        All =
        [
            new("ChatCompletions", "POST", "/v1/chat/completions", http => pipeline.RunAsync(http, pathModel: null)),
            new("AzureChatCompletions", "POST", "/openai/deployments/{model}/chat/completions", http => pipeline.RunAsync(http, (string?)http.Request.RouteValues["model"])),
            new("AzureV1ChatCompletions", "POST", "/openai/v1/chat/completions", http => pipeline.RunAsync(http, pathModel: null)),
            new("Models", "GET", "/v1/models", models.ListAsync),
            new("Model", "GET", "/v1/models/{*id}", models.GetAsync),
            new("Usage", "GET", "/v1/usage", usage.GetAsync),
            new("Healthz", "GET", "/healthz", HealthEndpoint.LiveAsync),
            new("Readyz", "GET", "/readyz", health.ReadyAsync),
        ];
    }

    public IReadOnlyList<GatewayEndpoint> All { get; }

    /// <summary>The endpoint with a name, for hosts that map each by hand.</summary>
    public GatewayEndpoint this[string name] => All.Single(endpoint => endpoint.Name == name);

    /// <summary>Answers whatever no endpoint matches, in the form OpenAI's clients read.</summary>
    public static Task UnknownAsync(HttpContext http)
    {
        RequestId.Give(http, TimeProvider.System);
        return OpenAiErrorResponse.WriteAsync(http, http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
            ? new CallerError(405, ErrorTypes.InvalidRequest, "method_not_allowed", $"Not allowed to {Word(http.Request.Method)} on {Shown(http)}.")
            : new CallerError(404, ErrorTypes.InvalidRequest, "unknown_url", $"Unknown request URL: {Word(http.Request.Method)} {Shown(http)}."));
    }

    private static string Word(string method) => method.Length <= 16 ? method : "?";

    private static string Shown(HttpContext http) => http.Request.Path.Value is { Length: <= 256 } path ? path : "(too long to show)";
}
