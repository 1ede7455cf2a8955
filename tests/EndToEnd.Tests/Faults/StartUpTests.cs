using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tollgate.Configuration;
using Tollgate.LocalHost;
using Tollgate.Tenants;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A bad configuration stops the start with a message that names setting, value and what is allowed, never a secret.</summary>
public sealed class StartUpTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Secret = "sk-a-secret-that-must-not-be-shown";

    [Theory]
    [InlineData("providers.openai-1.kind", "\"opnai\"", "'providers.openai-1.kind' is 'opnai'; it must be one of openai, azure-openai, anthropic, gemini, vertex.")]
    [InlineData("providers.openai-1.endpoint", "\"ftp://x\"", "'providers.openai-1.endpoint' is 'ftp://x'; it must be an absolute http(s) URL")]
    [InlineData("providers.openai-1.endpoint", "\"http://example.com/v1\"", "it must be https")]
    [InlineData("providers.openai-1.credential", "\"sk-a-secret-that-must-not-be-shown\"", "'providers.openai-1.credential' is not a reference; it must be env:NAME, the name of an environment variable, or kv:NAME, ")]
    [InlineData("providers.openai-1.credential", "\"env:NOT_SET\"", "'providers.openai-1.credential' names env:NOT_SET, but it is not set in the environment.")]
    [InlineData("providers.openai-1.credential", "[\"env:CREDENTIAL_A\",\"kv:openai-key\"]", "'providers.openai-1.credential' names kv:openai-key, but TOLLGATE_VAULT, the URI of the Key Vault, is not set.")]
    [InlineData("providers.openai-1.credential", "7", "'providers")]
    [InlineData("providers.openai-1.colour", "\"blue\"", "'providers.openai-1.colour' is not a setting of this version; allowed here: ")]
    [InlineData("providers.openai-1", "null", "'providers.openai-1' is null; it must be an object.")]
    [InlineData("providers", "null", "'providers': not valid JSON or a value of the wrong type")]
    [InlineData("deployments", "null", "'deployments': not valid JSON or a value of the wrong type")]
    [InlineData("models", "null", "'models': not valid JSON or a value of the wrong type")]
    [InlineData("tenants", "null", "'tenants': not valid JSON or a value of the wrong type")]
    [InlineData("deployments.openai-1.provider", "\"nobody\"", "'deployments.openai-1.provider' is 'nobody'; providers has openai-1.")]
    [InlineData("deployments.openai-1.model", "\"\"", "'deployments.openai-1.model' is missing")]
    [InlineData("deployments.openai-1.contextWindow", "0", "'deployments.openai-1.contextWindow' is 0; it must be from 1 to 100000000.")]
    [InlineData("deployments.openai-1.maxOutput", "\"many\"", "deployments")]
    [InlineData("deployments.openai-1.region", "\"west\\r\\neurope\"", "'deployments.openai-1.region'")]
    [InlineData("deployments.openai-1.region", "\"são-paulo\"", "'deployments.openai-1.region'")]
    [InlineData("deployments.openai-1.capabilities", "[\"flying\"]", "'deployments.openai-1.capabilities' is 'flying'; it must be one of tools, vision")]
    [InlineData("deployments.openai-1.price", "{\"input\":-1,\"output\":2}", "'deployments.openai-1.price.input' is -1; it must be USD per million tokens, 0 to 1000000.")]
    [InlineData("deployments.openai-1.timeouts", "{\"idleMs\":0}", "'deployments.openai-1.timeouts.idleMs' is 0; it must be from 1 to 3600000.")]
    [InlineData("models.m.tiers", "[]", "'models.m.tiers' is missing")]
    [InlineData("models.m.tiers", "[null]", "'models.m.tiers[0]' is null")]
    [InlineData("models.m.tiers", "[{\"targets\":[\"nowhere\"]}]", "'models.m.tiers[0].targets' is 'nowhere'; deployments has openai-1.")]
    [InlineData("models.m.tiers", "[{\"targets\":[\"openai-1\"],\"strategy\":\"luck\"}]", "'models.m.tiers[0].strategy' is 'luck'; it must be one of priority, weighted, lowest-latency, lowest-cost, most-available.")]
    [InlineData("models.bad name", "{\"tiers\":[{\"targets\":[\"openai-1\"]}]}", "'models.bad name' is not a usable name")]
    [InlineData("tenants.t.keys.k", "\"sk-a-secret-that-must-not-be-shown\"", "'tenants.t.keys.k' is not a reference; it must be env:NAME or sha256:HEX.")]
    [InlineData("tenants.t.keys.k", "\"kv:acme-key\"", "'tenants.t.keys.k' names a Key Vault secret, where only providers' credentials are kept; it must be env:NAME or sha256:HEX.")]
    [InlineData("tenants.t.keys.k", "\"env:SHORT\"", "'tenants.t.keys.k' names env:SHORT, which holds 5 characters; a key has 16 to 256.")]
    [InlineData("tenants.t.keys.k", "\"sha256:zz\"", "'tenants.t.keys.k' is not a SHA-256 hash")]
    [InlineData("tenants.t.keys.twin", "\"env:KEY\"", "'tenants.t.keys.twin' is the same key as 'k' of tenant 't'.")]
    [InlineData("tenants.t.limits", "[{\"unit\":\"bananas\",\"window\":\"day\",\"amount\":1}]", "'tenants.t.limits[0].unit' is 'bananas'; it must be one of requests, tokens, microUsd, concurrency.")]
    [InlineData("tenants.t.limits", "[{\"unit\":\"tokens\",\"window\":\"week\",\"amount\":1}]", "'tenants.t.limits[0].window' is 'week'; it must be one of minute, hour, day, month, total.")]
    [InlineData("tenants.t.limits", "[null]", "'tenants.t.limits[0]' is null")]
    [InlineData("tenants.t.models", "[\"other\"]", "'tenants.t.models' is 'other'; models has m.")]
    [InlineData("tenants.t.regions", "[\"moon\"]", "'tenants.t.regions' is 'moon'")]
    [InlineData("maxRequestBytes", "1", "'maxRequestBytes' is 1; it must be from 1024 to 1073741824.")]
    [InlineData("maxRequestByte", "1", "'maxRequestByte' is not a setting of this version; allowed here: ")]
    public async Task Configuration_Wrong_NamesSettingValueAndWhatIsAllowed(string path, string value, string message)
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(config =>
        {
            var names = path.Split('.');
            JsonNode node = config;
            foreach (var name in names[..^1])
            {
                node = node[name]!;
            }
            node[names[^1]] = JsonNode.Parse(value);
        }));

        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Bench.Key, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configuration_SeveralMistakes_AllAreTold()
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(config =>
        {
            config["providers"]!["openai-1"]!["kind"] = "x";
            config["deployments"]!["openai-1"]!["maxOutput"] = 0;
            config["maxRequestBytes"] = 0;
        }));

        Assert.Equal(3, wrong.Problems.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"providers\":{}")]
    [InlineData("{\"maxRequestBytes\":1,\"maxRequestBytes\":2}")]
    [InlineData("{}")]
    public async Task Configuration_NoSuchFileOrNoJson_NamesTheFile(string text)
    {
        var folder = Directory.CreateTempSubdirectory("tollgate-faults-");
        try
        {
            var file = Path.Combine(folder.FullName, "my-gateway.json");
            var missing = await Assert.ThrowsAsync<ConfigurationException>(() => StartFileAsync(file));
            Assert.Contains("my-gateway.json cannot be used", missing.Message, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, text);
            var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => StartFileAsync(file));
            Assert.Contains("my-gateway.json cannot be used", wrong.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Configuration_TimeOfTheFile_IsTheVersionOfItsTenants()
    {
        const string Json = """
            { "providers": { "o": { "kind": "openai", "endpoint": "http://127.0.0.1:1/v1" } }, "deployments": { "d": { "provider": "o", "model": "gpt-4o" } },
              "models": { "m": { "tiers": [ { "targets": ["d"] } ] } }, "tenants": { "t": { "keys": { "k": "env:KEY" } } } }
            """;
        var folder = Directory.CreateTempSubdirectory("tollgate-faults-");
        try
        {
            var file = Path.Combine(folder.FullName, "gateway.json");
            await File.WriteAllTextAsync(file, Json);
            var changed = new DateTime(2026, 11, 5, 12, 0, 0, DateTimeKind.Utc);
            File.SetLastWriteTimeUtc(file, changed);
            await using var gateway = await LocalGateway.StartAsync(
                ["--urls", "http://127.0.0.1:0"], name => name switch { "TOLLGATE_CONFIG" => file, "KEY" => Bench.Key, _ => null }, CancellationToken.None);

            var caller = await gateway.Services.GetRequiredService<ITenantDirectory>().FindAsync(KeyHash.Of(Bench.Key), CancellationToken.None);

            Assert.Equal(changed.Ticks, caller!.Tenant.Version);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Port_Taken_SaysSo()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        try
        {
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            var taken = await Assert.ThrowsAsync<IOException>(() => fixture.StartAsync(new BenchOptions { Url = $"http://127.0.0.1:{port}" }, new Target("openai", "c2")));
            Assert.Contains(port.ToString(System.Globalization.CultureInfo.InvariantCulture), taken.Message, StringComparison.Ordinal);
        }
        finally
        {
            listener.Stop();
        }
    }

    private Task<Bench> StartAsync(Action<JsonObject> change) => fixture.StartAsync(new BenchOptions { Configure = change }, new Target("openai", "c2"));

    private static Task<LocalGateway> StartFileAsync(string file) =>
        LocalGateway.StartAsync(["--urls", "http://127.0.0.1:0"], name => name == "TOLLGATE_CONFIG" ? file : null, CancellationToken.None);
}
