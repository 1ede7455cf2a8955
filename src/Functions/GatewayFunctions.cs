using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Tollgate.Endpoints;

namespace Tollgate.Functions;

/// <summary>One HTTP function for each endpoint of the gateway. Callers are authenticated by the gateway's own keys, not by the host's.</summary>
/// <remarks>Those that spend budgets are bound to the durable client: it reaches code in no other way.</remarks>
public sealed class GatewayFunctions(GatewayEndpoints endpoints, DurableBudgets budgets)
{
    [Function("ChatCompletions")]
    public Task ChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/chat/completions")] HttpRequest request, [DurableClient] DurableTaskClient client) => Run("ChatCompletions", request, client);

    [Function("AzureChatCompletions")]
    public Task AzureChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "openai/deployments/{model}/chat/completions")] HttpRequest request, [DurableClient] DurableTaskClient client) => Run("AzureChatCompletions", request, client);

    [Function("AzureV1ChatCompletions")]
    public Task AzureV1ChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "openai/v1/chat/completions")] HttpRequest request, [DurableClient] DurableTaskClient client) => Run("AzureV1ChatCompletions", request, client);

    [Function("Route")]
    public Task Route([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/route")] HttpRequest request) => Run("Route", request);

    [Function("Models")]
    public Task Models([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models")] HttpRequest request) => Run("Models", request);

    [Function("ModelsById")]
    public Task ModelsById([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/models/{*id}")] HttpRequest request) => Run("ModelsById", request);

    [Function("Usage")]
    public Task Usage([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/usage")] HttpRequest request) => Run("Usage", request);

    [Function("AdminUsage")]
    public Task AdminUsage([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/admin/usage")] HttpRequest request) => Run("AdminUsage", request);

    [Function("Healthz")]
    public Task Healthz([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "healthz")] HttpRequest request) => Run("Healthz", request);

    [Function("Readyz")]
    public Task Readyz([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "readyz")] HttpRequest request) => Run("Readyz", request);

    [Function("Wildcard")]
    public Task Wildcard([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request) => Run("Wildcard", request);

    private Task Run(string name, HttpRequest request, DurableTaskClient client)
    {
        budgets.Use(client);
        return Run(name, request);
    }

    private Task Run(string name, HttpRequest request) => endpoints[name].Handle(request.HttpContext);
}
