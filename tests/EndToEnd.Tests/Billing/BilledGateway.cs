using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Ledger;
using Tollgate.Ledger.Reading;
using Tollgate.Ledger.Rollups;
using Tollgate.LocalHost;

namespace Tollgate.EndToEnd.Tests.Billing;

/// <summary>A gateway in whose ledger is <see cref="ExampleMonth"/>, its days closed.</summary>
internal sealed class BilledGateway : IAsyncDisposable
{
    /// <summary>Keys of acme, the second of which reads the tenant; a key of globex; the operator's secret.</summary>
    public const string App = "tg-app-0123456789abcdef", Billing = "tg-billing-0123456789abcdef", Globex = "tg-globex-0123456789abcdef", Admin = "an-operators-secret-0123456789-0123456789";

    private readonly LocalGateway gateway;
    private readonly DirectoryInfo folder;

    private BilledGateway(LocalGateway gateway, DirectoryInfo folder) => (this.gateway, this.folder) = (gateway, folder);

    public Uri Address => gateway.BaseAddress;

    /// <param name="tables">Where the ledger is; null: in a file.</param>
    /// <param name="hasAdmin">An operator's secret is set.</param>
    public static async Task<BilledGateway> StartAsync(string? tables, bool hasAdmin = true)
    {
        var folder = Directory.CreateTempSubdirectory("tollgate-billing-");
        var file = Path.Combine(folder.FullName, "gateway.json");
        await File.WriteAllTextAsync(file, Configuration(hasAdmin).ToJsonString());
        var gateway = await LocalGateway.StartAsync(["--urls", "http://127.0.0.1:0"], name => name switch
        {
            "TOLLGATE_CONFIG" => file,
            "TOLLGATE_TABLES" => tables,
            "APP" => App,
            "BILLING" => Billing,
            "GLOBEX" => Globex,
            "ADMIN" => Admin,
            _ => null,
        }, CancellationToken.None, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new FakeTimeProvider(ExampleMonth.BilledAt)));
            // It would close the call that was left open, sooner or later.
            services.Remove(services.Single(service => service.ImplementationType == typeof(LedgerTimer)));
        });
        var ledger = gateway.Services.GetRequiredService<IUsageLedger>();
        foreach (var call in ExampleMonth.Calls)
        {
            ledger.Settle(call);
        }
        await ledger.OpenAsync(ExampleMonth.Open, CancellationToken.None);
        foreach (var tenant in new[] { "acme", "globex" })
        {
            // Reading waits until all of it is written.
            await ledger.ReadAsync(new UsageQuery(tenant, Key: null, ExampleMonth.BilledAt, ExampleMonth.BilledAt.AddDays(1), []), new UsageGroups([], 1, after: null), CancellationToken.None);
        }
        await gateway.Services.GetRequiredService<IUsageRollups>().RollUpAsync(ExampleMonth.BilledAt.AddHours(1), CancellationToken.None);
        return new BilledGateway(gateway, folder);
    }

    /// <summary>Asks with a key, or with the operator's secret.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, string key)
    {
        using var http = new HttpClient { BaseAddress = gateway.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await http.GetAsync(new Uri(path, UriKind.Relative));
    }

    public async Task<JsonNode> ReadAsync(string path, string key)
    {
        using var answer = await GetAsync(path, key);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!;
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static JsonObject Configuration(bool hasAdmin)
    {
        var config = new JsonObject
        {
            ["providers"] = new JsonObject { ["openai"] = new JsonObject { ["kind"] = "openai", ["endpoint"] = "http://127.0.0.1:1/v1" } },
            ["deployments"] = new JsonObject { ["d"] = new JsonObject { ["provider"] = "openai", ["model"] = "gpt-4o-mini" } },
            ["models"] = new JsonObject { ["gpt-4o-mini"] = new JsonObject { ["tiers"] = new JsonArray(new JsonObject { ["targets"] = new JsonArray("d") }) } },
            ["tenants"] = new JsonObject
            {
                ["acme"] = new JsonObject { ["keys"] = new JsonObject { ["app"] = "env:APP", ["billing"] = "env:BILLING" }, ["usageReaders"] = new JsonArray("billing") },
                ["globex"] = new JsonObject { ["keys"] = new JsonObject { ["app"] = "env:GLOBEX" } },
            },
        };
        if (hasAdmin)
        {
            config["admin"] = new JsonObject { ["secret"] = "env:ADMIN" };
        }
        return config;
    }
}
