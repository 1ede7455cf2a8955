using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Tollgate.EndToEnd.Tests.Faults;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Gateway.Tests.Ledger;
using Tollgate.Ledger;
using Tollgate.LocalHost;
using Tollgate.Simulator;
using Xunit.Abstractions;

namespace Tollgate.EndToEnd.Tests.Ledger;

/// <summary>The table service is gone for 30 seconds of true time while calls go on.</summary>
public sealed class OutageTests(AzuriteServer azurite, ITestOutputHelper output) : IClassFixture<AzuriteServer>
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task TablesGone_AnswersByPolicy_AndLosesNothing()
    {
        var folder = Directory.CreateTempSubdirectory("tollgate-outage-");
        var tables = azurite.NewAccount();
        var port = new Uri(tables.Split("TableEndpoint=")[1].TrimEnd(';')).Port;
        await using var gate = new TcpGate(port);
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), CancellationToken.None);
        var through = tables.Replace(string.Create(CultureInfo.InvariantCulture, $":{port}/"), string.Create(CultureInfo.InvariantCulture, $":{gate.Port}/"), StringComparison.Ordinal);
        var environment = await Gateways.EnvironmentAsync(folder.FullName, simulator.BaseAddress, through);
        var calls = new ConcurrentBag<Call>();
        await using (var gateway = await LocalGateway.StartAsync(["--urls", "http://127.0.0.1:0"], environment.GetValueOrDefault, CancellationToken.None))
        {
            using var end = new CancellationTokenSource();
            var load = new[] { "strict", "lenient" }.SelectMany(tenant => Enumerable.Range(0, 4).Select(caller => CallUntilAsync(gateway.BaseAddress, tenant, caller, calls, end.Token))).ToArray();
            await Task.Delay(Before);
            var gone = DateTimeOffset.UtcNow;
            gate.Close();
            await Task.Delay(Outage);
            gate.Open();
            var back = DateTimeOffset.UtcNow;

            // Both go on as soon as the gateway has noticed.
            using var deadline = new CancellationTokenSource(FaultFixture.Patience);
            while (!calls.Any(call => call.Tenant == "strict" && call.At > back && call.Status == HttpStatusCode.OK))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), deadline.Token);
            }
            output.WriteLine($"Strict calls went on {(DateTimeOffset.UtcNow - back).TotalSeconds:0.0} s after the outage.");
            await end.CancelAsync();
            await Task.WhenAll(load);

            // Those at its very edges may have gone either way.
            var during = calls.Where(call => call.At > gone.AddSeconds(1) && call.Ended < back).ToList();
            Assert.All(during, call => Assert.Equal(call.Tenant == "strict" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, call.Status));
            Assert.Contains(during, call => call.Tenant == "strict");
            Assert.True(during.Count(call => call.Tenant == "lenient") > 100, "An outage should not hold up who does not mind it.");
        }
        await CheckAsync(tables, simulator, calls);
    }

    /// <summary>With the gateway at its end everything is written.</summary>
    private async Task CheckAsync(string tables, SimulatorServer simulator, ConcurrentBag<Call> calls)
    {
        var rows = new Dictionary<string, TableEntity>();
        await foreach (var row in new TableClient(tables, UsageEntity.Table).QueryAsync<TableEntity>())
        {
            Assert.True(rows.TryAdd(row.GetString("User"), row), $"{row.GetString("User")} has two rows.");
        }
        Assert.All(rows.Values, row => Assert.Equal(UsageEntity.Settled, row.GetString("State")));
        foreach (var call in calls)
        {
            var isAnswered = call.Status == HttpStatusCode.OK;
            var hasRow = rows.TryGetValue(call.User, out var row);
            Assert.True(hasRow || !isAnswered, $"{call.User} was answered, and has no row.");
            Assert.True(!isAnswered || (row!.GetInt64("PromptTokens") + row.GetInt64("CompletionTokens") == call.Tokens && row.GetString("Status") == "ok"), $"{call.User} used {call.Tokens} tokens.");
            Assert.True(isAnswered || !hasRow || (row!.GetString("Status") == "failed" && row.GetInt64("CompletionTokens") == 0), $"{call.User} was refused, and its row says otherwise.");
        }
        Assert.Equal(calls.Count(call => call.Status == HttpStatusCode.OK), simulator.Requests.Received);
        output.WriteLine($"{calls.Count} calls, {simulator.Requests.Received} served, {rows.Count} rows; refused: {calls.Count(call => call.Status != HttpStatusCode.OK)}.");
    }

    private static async Task CallUntilAsync(Uri gateway, string tenant, int caller, ConcurrentBag<Call> calls, CancellationToken end)
    {
        using var http = Gateways.Client(gateway, tenant == "strict" ? Gateways.Strict : Gateways.Lenient);
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            var user = string.Create(CultureInfo.InvariantCulture, $"{tenant}-{caller}-{number}");
            var at = DateTimeOffset.UtcNow;
            using var answer = await http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Gateways.Body("short", stream: false, user), CancellationToken.None);
            var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync(CancellationToken.None))!;
            var tokens = answer.StatusCode == HttpStatusCode.OK ? (long)json["usage"]!["total_tokens"]! : 0;
            Assert.True(answer.StatusCode == HttpStatusCode.OK || (string?)json["error"]!["code"] == "ledger_unavailable", json.ToJsonString());
            calls.Add(new Call(tenant, user, at, DateTimeOffset.UtcNow, answer.StatusCode, tokens));
        }
    }

    private sealed record Call(string Tenant, string User, DateTimeOffset At, DateTimeOffset Ended, HttpStatusCode Status, long Tokens);
}
