using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tollgate.LocalHost;
using Tollgate.Providers.RemoteFiles;
using Tollgate.Simulator;

namespace Tollgate.EndToEnd.Tests;

/// <summary>One gateway in front of one Simulator for all tests of <see cref="SharedGateway"/>.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    /// <summary>How long anything may take before its test fails.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    /// <summary>The key of tenant <c>acme</c>, which may use everything.</summary>
    public const string Key = "tg-acme-0123456789abcdef";

    /// <summary>The key of a tenant that may use the model <c>openai.text</c> only.</summary>
    public const string NarrowKey = "tg-narrow-0123456789abcdef";

    /// <summary>The key of a tenant whose daily limit is no request at all.</summary>
    public const string ExhaustedKey = "tg-exhausted-0123456789abcdef";

    /// <summary>Two keys of one tenant, for tests that look at what was used.</summary>
    public const string AliceKey = "tg-alice-0123456789abcdef", BobKey = "tg-bob-0123456789abcdef";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tollgate-");
    private LocalGateway? gateway;
    private SimulatorServer? simulator;

    /// <summary>The gateway's address, without a path.</summary>
    public Uri Address => gateway!.BaseAddress;

    public IServiceProvider Services => gateway!.Services;

    /// <summary>Every provider of the gateway.</summary>
    public SimulatorServer Simulator => simulator!;

    public async Task InitializeAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), timeout.Token);
        var file = Path.Combine(folder.FullName, "gateway.json");
        await File.WriteAllTextAsync(file, Configuration(simulator.BaseAddress).ToJsonString(), timeout.Token);
        var account = ServiceAccount(new Uri(simulator.BaseAddress, "token"));
        gateway = await LocalGateway.StartAsync(["--urls", "http://127.0.0.1:0"], name => name switch
        {
            "TOLLGATE_CONFIG" => file,
            "ACME_KEY" => Key,
            "NARROW_KEY" => NarrowKey,
            "EXHAUSTED_KEY" => ExhaustedKey,
            "ALICE_KEY" => AliceKey,
            "BOB_KEY" => BobKey,
            "PROVIDER_KEY" => "simulated",
            "GOOGLE_ACCOUNT" => account,
            _ => null,
        }, timeout.Token, services => services.AddSingleton<IRemoteFiles, FetchedImages>());
    }

    public async Task DisposeAsync()
    {
        if (gateway is not null)
        {
            await gateway.DisposeAsync();
        }
        if (simulator is not null)
        {
            await simulator.DisposeAsync();
        }
        folder.Delete(recursive: true);
    }

    /// <summary>The upstream request that carries the marker somewhere in its body; waits until it is there.</summary>
    public Task<RecordedRequest> UpstreamAsync(string marker) =>
        Simulator.Requests.WaitForAsync(request => request.BodyText.Contains(marker, StringComparison.Ordinal), Timeout);

    private static JsonObject Configuration(Uri simulator)
    {
        var deployments = new JsonObject();
        var models = new JsonObject();
        foreach (var (name, provider, upstream) in Wire.Models)
        {
            deployments[name] = new JsonObject { ["provider"] = provider, ["model"] = upstream };
            models[name] = new JsonObject { ["tiers"] = new JsonArray(new JsonObject { ["targets"] = new JsonArray(name) }) };
        }
        return new JsonObject
        {
            ["providers"] = new JsonObject
            {
                ["openai"] = Provider("openai", new Uri(simulator, "v1")),
                ["azure"] = Provider("azure-openai", simulator),
                ["azure-deployment"] = Provider("azure-openai", simulator, ("apiVersion", "2024-10-21")),
                ["anthropic"] = Provider("anthropic", simulator),
                ["gemini"] = Provider("gemini", simulator),
                ["vertex"] = Provider("vertex", simulator, ("project", "tests"), ("location", "us-east5"), ("credential", "env:GOOGLE_ACCOUNT")),
            },
            ["deployments"] = deployments,
            ["models"] = models,
            ["tenants"] = new JsonObject
            {
                ["acme"] = Tenant(("main", "env:ACME_KEY")),
                ["narrow"] = With(Tenant(("main", "env:NARROW_KEY")), "models", new JsonArray("openai.text")),
                ["exhausted"] = With(Tenant(("main", "env:EXHAUSTED_KEY")), "limits", new JsonArray(new JsonObject { ["unit"] = "requests", ["window"] = "day", ["amount"] = 0 })),
                ["metered"] = Tenant(("alice", "env:ALICE_KEY"), ("bob", "env:BOB_KEY")),
            },
        };
    }

    private static JsonObject Provider(string kind, Uri endpoint, params (string Name, string Value)[] more)
    {
        var provider = new JsonObject { ["kind"] = kind, ["endpoint"] = endpoint.AbsoluteUri, ["credential"] = "env:PROVIDER_KEY" };
        foreach (var (name, value) in more)
        {
            provider[name] = value;
        }
        return provider;
    }

    private static JsonObject Tenant(params (string Name, string Reference)[] keys) =>
        new() { ["keys"] = new JsonObject(keys.Select(key => KeyValuePair.Create<string, JsonNode?>(key.Name, key.Reference))) };

    private static JsonObject With(JsonObject node, string name, JsonNode value)
    {
        node[name] = value;
        return node;
    }

    private static string ServiceAccount(Uri tokenAddress)
    {
        using var rsa = RSA.Create(2048);
        return new JsonObject
        {
            ["type"] = "service_account",
            ["project_id"] = "tests",
            ["private_key_id"] = "1",
            ["private_key"] = rsa.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = "gateway@tests.iam.gserviceaccount.com",
            ["client_id"] = "1",
            ["token_uri"] = tokenAddress.AbsoluteUri,
        }.ToJsonString();
    }
}

/// <summary>Tests that share the gateway, one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class SharedGateway : ICollectionFixture<GatewayFixture>
{
    public const string Name = "gateway";
}
