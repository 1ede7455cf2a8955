using System.ClientModel;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using OpenAI;
using Tollgate.Configuration;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.LocalHost;
using Tollgate.Simulator;

namespace Tollgate.EndToEnd.Tests.Tenants;

/// <summary>A gateway whose tenants are in table storage, some also in its file.</summary>
[Collection(WithAzurite.Name)]
public sealed class TableTenantsTests(AzuriteServer azurite) : IAsyncLifetime
{
    private const string Key = "tg-a-key-of-the-tables";
    private const string FileKey = "tg-a-key-of-the-file-0123";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tollgate-tables-");
    private SimulatorServer? simulator;

    public async Task InitializeAsync() => simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), CancellationToken.None);

    public async Task DisposeAsync()
    {
        await simulator!.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Call_OfATenantInTheTables_IsAnswered_AndItsLimitHolds()
    {
        var tables = azurite.NewAccount();
        await PutAsync(tables, ("Limits", """[{"unit":"requests","window":"total","amount":2}]"""), ("Models", """["m"]"""));
        await using var gateway = await StartAsync(tables);
        var client = new OpenAIClient(new ApiKeyCredential(Key), new OpenAIClientOptions { Endpoint = new Uri(gateway.BaseAddress, "v1") });

        Assert.Equal(["m"], (await client.GetOpenAIModelClient().GetModelsAsync()).Value.Select(model => model.Id));
        var chat = client.GetChatClient("m");
        for (var i = 0; i < 2; i++)
        {
            Assert.NotEmpty((await chat.CompleteChatAsync("Hello")).Value.Content[0].Text);
        }
        using var http = Client(gateway, Key);
        using var refused = await http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), Body());
        Assert.Equal((HttpStatusCode.TooManyRequests, "budget_exceeded"), (refused.StatusCode, await CodeAsync(refused)));
        var usage = JsonNode.Parse(await http.GetStringAsync(new Uri("/v1/usage", UriKind.Relative)))!;
        Assert.Equal(("acme", "app", 2), ((string?)usage["tenant"], (string?)usage["key"], (int)usage["requests"]!));
        var rows = await new TableClient(tables, "Usage").QueryAsync<TableEntity>(row => row.PartitionKey.CompareTo("acme|") > 0 && row.PartitionKey.CompareTo("acme}") < 0).ToListAsync();
        Assert.All(rows, row => Assert.Equal(("settled", "ok"), (row.GetString("State"), row.GetString("Status"))));
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task Call_OfATenantInTheFile_IsAnsweredBesideThoseInTheTables()
    {
        await using var gateway = await StartAsync(azurite.NewAccount(), new JsonObject { ["filed"] = new JsonObject { ["keys"] = new JsonObject { ["k"] = "env:FILE_KEY" } } });

        using var known = Client(gateway, FileKey);
        using var answer = await known.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), Body());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        using var unknown = Client(gateway, Key);
        using var refused = await unknown.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), Body());
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), (refused.StatusCode, await CodeAsync(refused)));
        Assert.Equal(HttpStatusCode.OK, (await unknown.GetAsync(new Uri("/readyz", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/usage")]
    [InlineData("/v1/chat/completions")]
    public async Task Call_TablesUnreachable_Is503InTheCallersForm(string path)
    {
        await using var gateway = await StartAsync("AccountName=acme;AccountKey=c2VjcmV0;TableEndpoint=http://127.0.0.1:1/acme");
        using var http = Client(gateway, Key);

        using var refused = path.EndsWith("completions", StringComparison.Ordinal) ? await http.PostAsync(new Uri(path, UriKind.Relative), Body()) : await http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "tenant_directory_unavailable"), (refused.StatusCode, await CodeAsync(refused)));
        Assert.Equal(TimeSpan.FromSeconds(2), refused.Headers.RetryAfter?.Delta);
        using var readiness = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, readiness.StatusCode);
        var problems = JsonNode.Parse(await readiness.Content.ReadAsStringAsync())!["problems"]!.AsArray();
        Assert.Equal("TOLLGATE_TABLES: the table service at 127.0.0.1:1 cannot be reached.", (string?)Assert.Single(problems));
    }

    [Fact]
    public async Task Start_NobodyCouldCall_NamesBothWays()
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(tables: null, new JsonObject { ["keyless"] = new JsonObject() }));
        Assert.Equal("no tenant has a key, so that nobody could call; give one 'keys' under 'tenants', or set TOLLGATE_TABLES to a table service that holds tenants.", Assert.Single(wrong.Problems));
    }

    [Fact]
    public async Task Start_TablesAreNoAddress_NamesTheSetting()
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync("acme-with-a-secret"));
        Assert.StartsWith("TOLLGATE_TABLES cannot be used:", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("with-a-secret", wrong.Message, StringComparison.Ordinal);
    }

    private async Task<LocalGateway> StartAsync(string? tables, JsonObject? tenants = null)
    {
        var file = Path.Combine(folder.FullName, "gateway.json");
        var config = new JsonObject
        {
            ["providers"] = new JsonObject { ["openai"] = new JsonObject { ["kind"] = "openai", ["endpoint"] = new Uri(simulator!.BaseAddress, "v1").AbsoluteUri, ["credential"] = "env:PROVIDER_KEY" } },
            ["deployments"] = new JsonObject { ["d"] = new JsonObject { ["provider"] = "openai", ["model"] = "gpt-4o" } },
            ["models"] = new JsonObject { ["m"] = Model(), ["other"] = Model() },
            ["tenants"] = tenants ?? [],
        };
        await File.WriteAllTextAsync(file, config.ToJsonString());
        return await LocalGateway.StartAsync(["--urls", "http://127.0.0.1:0"], name => name switch
        {
            "TOLLGATE_CONFIG" => file,
            "TOLLGATE_TABLES" => tables,
            "PROVIDER_KEY" => "simulated",
            "FILE_KEY" => FileKey,
            _ => null,
        }, CancellationToken.None);
    }

    private static JsonObject Model() => new() { ["tiers"] = new JsonArray(new JsonObject { ["targets"] = new JsonArray("d") }) };

    /// <summary>Tenant <c>acme</c> and its key <c>app</c>.</summary>
    private static async Task PutAsync(string tables, params (string Column, string Value)[] columns)
    {
        var storage = new TableServiceClient(tables);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        var tenant = new TableEntity("acme", "tenant");
        foreach (var (column, value) in columns)
        {
            tenant[column] = value;
        }
        foreach (var (table, row) in new[] { ("Keys", new TableEntity(hash[..2], hash) { ["Tenant"] = "acme", ["Name"] = "app" }), ("Tenants", tenant) })
        {
            await storage.CreateTableAsync(table);
            await storage.GetTableClient(table).AddEntityAsync(row);
        }
    }

    private static HttpClient Client(LocalGateway gateway, string key)
    {
        var http = new HttpClient { BaseAddress = gateway.BaseAddress, Timeout = GatewayFixture.Timeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    private static StringContent Body() => new("""{"model":"m","messages":[{"role":"user","content":"Hello"}]}""", Encoding.UTF8, "application/json");

    private static async Task<string?> CodeAsync(HttpResponseMessage response) => (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!["code"];
}
