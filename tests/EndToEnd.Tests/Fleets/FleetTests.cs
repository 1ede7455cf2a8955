using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Budgets.Entities;
using Tollgate.EndToEnd.Tests.Faults;
using Tollgate.Fleet;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Ledger;
using Tollgate.Ledger.Reading;
using Tollgate.LocalHost;
using Tollgate.Simulator;
using Xunit.Abstractions;

namespace Tollgate.EndToEnd.Tests.Fleets;

/// <summary>Instances in processes of their own share a budget: entities in this process, waiting leases and usage in Azurite.</summary>
[Collection(WithAzurite.Name)]
public sealed class FleetTests(AzuriteServer azurite, ITestOutputHelper output)
{
    private const int Budget = 60_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Key = "tg-test-key-of-the-fleet";

    private static readonly LimitKey Total = new(LimitUnit.Tokens, LimitWindow.Total);

    private static readonly BudgetWindow Always = new(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);

    [Fact]
    public async Task OneOfThreeIsKilledMidStream_NothingIsOverspent_AndTheRestIsUsed()
    {
        var folder = Directory.CreateTempSubdirectory("tollgate-fleet-");
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), CancellationToken.None);
        var environment = await EnvironmentAsync(folder.FullName, simulator.BaseAddress);
        var epoch = DateTimeOffset.UtcNow;
        var clock = new FastClock(epoch);

        // The entities' part of an instance: their ledger and their leases.
        await using var host = await LocalGateway.StartAsync(["--urls", "http://127.0.0.1:0"], environment.GetValueOrDefault, CancellationToken.None, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
            services.ShareBudgets(_ => null!);
        });
        await using var entities = new EntityRuntime(() => host.Services.GetRequiredService<BudgetActor>(), clock, seed: 1);
        await using var service = await EntityService.StartAsync(entities);
        await using var killed = await FleetProcess.StartAsync(service.Address, epoch, environment);
        await using var second = await FleetProcess.StartAsync(service.Address, epoch, environment);
        await using var third = await FleetProcess.StartAsync(service.Address, epoch, environment);

        // Each holds a lease; one is in the middle of an answer when it dies.
        foreach (var instance in new[] { killed, second, third })
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(instance, "short")).Status);
        }
        using var http = Client(killed);
        using (var answer = await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = Body("endless", stream: true) }, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var stream = await answer.Content.ReadAsStreamAsync();
            Assert.True(await stream.ReadAsync(new byte[100]) > 0);
            await killed.KillAsync();
        }

        // The others go on. What the dead instance holds is in their way until its lease is lost.
        var killedAt = clock.GetUtcNow();
        var lost = WhenLostAsync(entities, clock);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => CallUntilRefusedAsync(caller % 2 == 0 ? second : third, stream: caller % 4 < 2))).WaitAsync(Patience);
        Assert.InRange(await lost - killedAt, TimeSpan.FromSeconds(40), BudgetState.LeaseLife + TimeSpan.FromSeconds(5));

        await second.StopAsync();
        await third.StopAsync();
        var state = await StateAsync(entities);
        var open = state.Lost.Values.SelectMany(lease => lease.Lines).Sum(line => line.Granted - line.Spent);
        var used = state.Used(Total, Always) - state.Minted.Values.Sum(minted => minted.Grants.Sum(grant => grant.Amount));
        var finished = simulator.Requests.Snapshot().Where(request => !request.Aborted).Sum(request => request.PromptTokens + request.CompletionTokens);
        var groups = new UsageGroups([], 1, after: null);
        await host.Services.GetRequiredService<IUsageLedger>().ReadAsync(new UsageQuery("acme", Key: null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, []), groups, CancellationToken.None);
        var settled = groups.ToPage().Groups.Sum(group => group.Sums.PromptTokens + group.Sums.CompletionTokens);
        output.WriteLine($"{simulator.Requests.Received} calls; finished ones used {finished} tokens, the dead instance's call may have used {open}; {entities.Operations} operations, {entities.Reads} reads.");
        Assert.Empty(state.Leases);
        Assert.InRange(open, 1, 2_000);
        Assert.Equal(finished, settled);
        Assert.Equal(finished + open, used);
        Assert.InRange(used, Budget * 95 / 100, Budget);
    }

    /// <summary>When the first lease was lost and its rows were summed.</summary>
    private static async Task<DateTimeOffset> WhenLostAsync(EntityRuntime entities, TimeProvider clock)
    {
        while ((await StateAsync(entities)).Lost.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
        return clock.GetUtcNow();
    }

    private static async Task<BudgetState> StateAsync(EntityRuntime entities)
    {
        await entities.SettleAsync();
        return (await entities.ReadAsync("tenant:acme", CancellationToken.None))!;
    }

    private static async Task CallUntilRefusedAsync(FleetProcess instance, bool stream)
    {
        while (true)
        {
            var (status, retryAfter) = await AskAsync(instance, "long", stream);
            if (status == HttpStatusCode.TooManyRequests && retryAfter is null)
            {
                return;
            }
            if (status == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(retryAfter!.Value / FastClock.Speed);
                continue;
            }
            Assert.Equal(HttpStatusCode.OK, status);
        }
    }

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter)> AskAsync(FleetProcess instance, string model, bool stream = false)
    {
        using var http = Client(instance);
        using var answer = await http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Body(model, stream));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(!stream || answer.StatusCode != HttpStatusCode.OK || text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal), text);
        return (answer.StatusCode, answer.Headers.RetryAfter?.Delta);
    }

    private static HttpClient Client(FleetProcess instance)
    {
        var http = new HttpClient { BaseAddress = instance.Address, Timeout = FaultFixture.Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return http;
    }

    private static JsonContent Body(string model, bool stream) => JsonContent.Create(new JsonObject
    {
        ["model"] = model,
        ["stream"] = stream,
        ["max_tokens"] = 600,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "one two three" }),
    });

    private async Task<Dictionary<string, string>> EnvironmentAsync(string folder, Uri simulator)
    {
        static JsonObject Model(string name) => new() { ["tiers"] = new JsonArray(new JsonObject { ["targets"] = new JsonArray(name) }) };
        static JsonObject Deployment(string scenario) => new() { ["provider"] = "sim", ["model"] = $"gpt-4o-sim-{scenario}" };
        var file = Path.Combine(folder, "gateway.json");
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["providers"] = new JsonObject { ["sim"] = new JsonObject { ["kind"] = "openai", ["endpoint"] = new Uri(simulator, "v1").AbsoluteUri, ["credential"] = "env:PROVIDER_KEY" } },
            ["deployments"] = new JsonObject { ["short"] = Deployment("c5"), ["long"] = Deployment("c900"), ["endless"] = Deployment("c500-d1000") },
            ["models"] = new JsonObject { ["short"] = Model("short"), ["long"] = Model("long"), ["endless"] = Model("endless") },
            ["tenants"] = new JsonObject
            {
                ["acme"] = new JsonObject
                {
                    ["keys"] = new JsonObject { ["main"] = "env:ACME_KEY" },
                    ["limits"] = new JsonArray(new JsonObject { ["unit"] = "tokens", ["window"] = "total", ["amount"] = Budget }),
                },
            },
        }.ToJsonString());
        return new Dictionary<string, string> { ["TOLLGATE_CONFIG"] = file, ["TOLLGATE_TABLES"] = azurite.NewAccount(), ["ACME_KEY"] = Key, ["PROVIDER_KEY"] = "simulated" };
    }
}
