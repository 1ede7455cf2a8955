using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;

namespace Tollgate.Endpoints;

/// <summary>The gateway's addresses.</summary>
public sealed class GatewayEndpoints
{
    internal GatewayEndpoints(GatewayPipeline pipeline, ExplainEndpoint route, ModelsEndpoint models, UsageEndpoint usage, AdminUsageEndpoint adminUsage, HealthEndpoint health)
    {
        All =
        [
            new("ChatCompletions", "POST", "/v1/chat/completions", http => pipeline.RunAsync(http, pathModel: null)),
            new("AzureChatCompletions", "POST", "/openai/deployments/{model}/chat/completions", http => pipeline.RunAsync(http, (string?)http.Request.RouteValues["model"])),
            new("AzureV1ChatCompletions", "POST", "/openai/v1/chat/completions", http => pipeline.RunAsync(http, pathModel: null)),
            new("Route", "POST", "/v1/route", route.ExplainAsync),
            new("Models", "GET", "/v1/models", models.ListAsync),
            new("ModelsById", "GET", "/v1/models/{*id}", models.GetAsync),
            new("Usage", "GET", "/v1/usage", usage.GetAsync),
            new("AdminUsage", "GET", "/v1/admin/usage", adminUsage.GetAsync),
            new("Healthz", "GET", "/healthz", HealthEndpoint.LiveAsync),
            new("Readyz", "GET", "/readyz", health.ReadyAsync),
            new("Wildcard", null, "/{*path}", UnknownAsync),
        ];
    }

    public IReadOnlyList<GatewayEndpoint> All { get; }

    /// <summary>The endpoint with a name, for hosts that map each by hand.</summary>
    public GatewayEndpoint this[string name] => All.Single(endpoint => endpoint.Name == name);

    /// <summary>Answers what no other endpoint takes in the form OpenAI's clients read: 405 where another method would do, else 404.</summary>
    private Task UnknownAsync(HttpContext http)
    {
        RequestId.Give(http, TimeProvider.System);
        var allowed = All.Where(endpoint => endpoint.Method is not null && Matches(endpoint.Pattern, http.Request.Path)).Select(endpoint => endpoint.Method).ToArray();
        if (allowed.Length == 0)
        {
            return OpenAiErrorResponse.WriteAsync(http, CallerError.Of(UnknownUrl.Of(http.Request)));
        }
        http.Response.Headers.Allow = string.Join(", ", allowed);
        return OpenAiErrorResponse.WriteAsync(http, new CallerError(405, ErrorTypes.InvalidRequest, "method_not_allowed", $"Not allowed to {UnknownUrl.Method(http.Request)} on {UnknownUrl.Path(http.Request)}."));
    }

    private static bool Matches(string pattern, PathString path) => new TemplateMatcher(TemplateParser.Parse(pattern[1..]), []).TryMatch(path, []);
}
