using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tollgate.EndToEnd.Tests.Faults;

namespace Tollgate.EndToEnd.Tests.Ledger;

/// <summary>What gateways need whose usage is in Azurite and whose answers come from the Simulator: tenants <c>strict</c> and <c>lenient</c>, models <c>short</c> and <c>long</c>.</summary>
internal static class Gateways
{
    public const string Strict = "tg-key-of-the-strict-tenant";

    public const string Lenient = "tg-key-of-the-lenient-tenant";

    public const int MostTokens = 600;

    public static async Task<Dictionary<string, string>> EnvironmentAsync(string folder, Uri simulator, string tables)
    {
        static JsonObject Model(string name) => new() { ["tiers"] = new JsonArray(new JsonObject { ["targets"] = new JsonArray(name) }) };
        static JsonObject Deployment(string scenario) => new() { ["provider"] = "sim", ["model"] = $"gpt-4o-sim-{scenario}" };
        var file = Path.Combine(folder, "gateway.json");
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["providers"] = new JsonObject { ["sim"] = new JsonObject { ["kind"] = "openai", ["endpoint"] = new Uri(simulator, "v1").AbsoluteUri, ["credential"] = "env:PROVIDER_KEY" } },
            ["deployments"] = new JsonObject { ["short"] = Deployment("c5"), ["long"] = Deployment("c300-d10") },
            ["models"] = new JsonObject { ["short"] = Model("short"), ["long"] = Model("long") },
            ["tenants"] = new JsonObject
            {
                ["strict"] = new JsonObject { ["keys"] = new JsonObject { ["main"] = "env:STRICT_KEY" } },
                ["lenient"] = new JsonObject { ["keys"] = new JsonObject { ["main"] = "env:LENIENT_KEY" }, ["onLedgerOutage"] = "allow" },
            },
        }.ToJsonString());
        return new Dictionary<string, string> { ["TOLLGATE_CONFIG"] = file, ["TOLLGATE_TABLES"] = tables, ["STRICT_KEY"] = Strict, ["LENIENT_KEY"] = Lenient, ["PROVIDER_KEY"] = "simulated" };
    }

    public static HttpClient Client(Uri gateway, string key)
    {
        var http = new HttpClient { BaseAddress = gateway, Timeout = FaultFixture.Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    /// <summary>A call that is known by its end user in the upstream's request and in its row.</summary>
    public static JsonContent Body(string model, bool stream, string user) => JsonContent.Create(new JsonObject
    {
        ["model"] = model,
        ["stream"] = stream,
        ["max_tokens"] = MostTokens,
        ["user"] = user,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "one two three" }),
    });
}
