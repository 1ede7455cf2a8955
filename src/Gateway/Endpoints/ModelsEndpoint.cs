using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tollgate.Intake;
using Tollgate.Routing;
using Tollgate.Tenants;

namespace Tollgate.Endpoints;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c>: the models the caller's tenant may use.</summary>
internal sealed class ModelsEndpoint(Authenticator authenticator, Topology topology, TimeProvider time)
{
    private readonly long created = time.GetUtcNow().ToUnixTimeSeconds();

    public Task ListAsync(HttpContext http) => JsonEndpoint.RunAsync(http, async () =>
    {
        var caller = await authenticator.AuthenticateAsync(http.Request);
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var model in topology.Models.Where(model => caller.Tenant.MayUse(model.Name)))
            {
                Write(json, model);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        };
    });

    public Task GetAsync(HttpContext http) => JsonEndpoint.RunAsync(http, async () =>
    {
        var caller = await authenticator.AuthenticateAsync(http.Request);
        var id = (string?)http.Request.RouteValues["id"] ?? "";
        return topology.Find(id) is { } model && caller.Tenant.MayUse(id)
            ? json => Write(json, model)
            : throw IntakeReader.UnknownModel(id);
    });

    private void Write(Utf8JsonWriter json, ModelRoute model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Name);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, created);
        json.WriteString("owned_by"u8, model.Tiers[0].Targets[0].Deployment.Profile.Family);
        json.WriteEndObject();
    }
}
