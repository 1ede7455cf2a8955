using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tollgate.EndToEnd.Tests.Faults;
using Tollgate.EndToEnd.Tests.Fleets;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Ledger;
using Tollgate.LocalHost;
using Tollgate.Simulator;
using Xunit.Abstractions;

namespace Tollgate.EndToEnd.Tests.Ledger;

/// <summary>Instances that die at any moment, as with <c>kill -9</c>, under load: what an upstream served has one row, and no row says less than was used.</summary>
public sealed class KillTests(AzuriteServer azurite, ITestOutputHelper output) : IClassFixture<AzuriteServer>
{
    private const int Runs = 20;

    private const int Callers = 8;

    [Fact]
    public async Task KilledUnderLoad_EveryRequestServedHasOneRow_OfAsManyTokens()
    {
        var folder = Directory.CreateTempSubdirectory("tollgate-kill-");
        var tables = azurite.NewAccount();
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), CancellationToken.None);
        var environment = await Gateways.EnvironmentAsync(folder.FullName, simulator.BaseAddress, tables);
        await using var keeper = await LocalGateway.StartAsync(["--urls", "http://127.0.0.1:0"], environment.GetValueOrDefault, CancellationToken.None);
        var (open, settled, estimated) = (0, 0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            simulator.Requests.Clear();
            var answered = await KillAsync(simulator, environment, run, random);
            await Task.WhenAll(simulator.Requests.Snapshot().Select(request => request.WhenEnded)).WaitAsync(FaultFixture.Patience);

            // No instance is left whose calls could go on. Its clock is faster than this process's, which is as if rows were opened later than now.
            await keeper.Services.GetRequiredService<IUsageLedger>().ReconcileAsync(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None);
            var rows = await RowsAsync(tables, run);
            Check(run, simulator.Requests.Snapshot(), rows, answered);
            open += rows.Count(row => row.GetString("State") == UsageEntity.Reconciled);
            settled += rows.Count(row => row.GetString("State") == UsageEntity.Settled);
            estimated += rows.Count(row => row.GetString("State") == UsageEntity.Settled && row.GetBoolean("Estimated") == true);
        }
        output.WriteLine($"{Runs} runs: {settled} rows were settled before the kill, {open} closed after it; {estimated} of the settled are estimated.");
        Assert.True(open > 0, "No kill hit a call: the test shows nothing.");
        Assert.True(settled > open, "Hardly a call was over before the kill.");
        Assert.True(estimated * 20 <= settled, $"{estimated} of {settled} settled rows are estimated.");
    }

    /// <summary>Without a table service: the next process that opens the usage file finds the call.</summary>
    [Fact]
    public async Task KilledMidAnswer_WithTheUsageFile_TheCallHasARow()
    {
        var folder = Directory.CreateTempSubdirectory("tollgate-kill-");
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), CancellationToken.None);
        var environment = await Gateways.EnvironmentAsync(folder.FullName, simulator.BaseAddress, tables: "");
        environment.Remove("TOLLGATE_TABLES");
        await using (var instance = await FleetProcess.StartAsync(new Uri("http://127.0.0.1:1"), DateTimeOffset.UtcNow, environment))
        {
            using var http = Gateways.Client(instance.Address, Gateways.Strict);
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = Gateways.Body("long", stream: true, "u-1") };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await using var stream = await answer.Content.ReadAsStreamAsync();
            Assert.True(await stream.ReadAsync(new byte[100]) > 0);
            await instance.KillAsync();
        }
        var file = UsageFile.PathIn(Path.Combine(folder.FullName, ".data"));
        await using (var ledger = new SqliteUsageLedger(file, TimeProvider.System, NullLogger<SqliteUsageLedger>.Instance))
        {
            Assert.Equal(1, await ledger.ReconcileAsync(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None));
        }
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT user, state, prompt_tokens - bound_tokens FROM usage";
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        Assert.Equal(("u-1", UsageEntity.Reconciled, 0), (row.GetString(0), row.GetString(1), row.GetInt32(2)));
        Assert.False(row.Read());
    }

    /// <summary>One instance under load up to its end. Returns the users of the calls that were answered in full.</summary>
    private static async Task<HashSet<string>> KillAsync(SimulatorServer simulator, IReadOnlyDictionary<string, string> environment, int run, Random random)
    {
        var answered = new ConcurrentBag<string>();
        await using var instance = await FleetProcess.StartAsync(new Uri("http://127.0.0.1:1"), DateTimeOffset.UtcNow, environment);
        var load = Enumerable.Range(0, Callers).Select(caller => CallUntilKilledAsync(instance.Address, string.Create(CultureInfo.InvariantCulture, $"{run}-{caller}"), caller, answered)).ToArray();
        var reached = random.Next(10, 200);
        await simulator.Requests.WaitForAsync(request => request.Number >= reached, FaultFixture.Patience);
        // Any moment is as good: of what a call goes through, most is over within milliseconds.
        await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 20));
        await instance.KillAsync();
        await Task.WhenAll(load);
        return [.. answered];
    }

    private static async Task CallUntilKilledAsync(Uri gateway, string name, int caller, ConcurrentBag<string> answered)
    {
        using var http = Gateways.Client(gateway, Gateways.Strict);
        try
        {
            for (var call = 0; ; call++)
            {
                var user = string.Create(CultureInfo.InvariantCulture, $"{name}-{call}");
                using var answer = await http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Gateways.Body(caller < 4 ? "short" : "long", stream: caller % 2 == 0, user));
                await answer.Content.ReadAsStringAsync();
                // On a busy machine a row may take too long, by a clock that is so fast.
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    answered.Add(user);
                }
            }
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            // The instance is dead.
        }
    }

    private static async Task<List<TableEntity>> RowsAsync(string tables, int run)
    {
        var rows = new List<TableEntity>();
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{run}-");
        await foreach (var row in new TableClient(tables, UsageEntity.Table).QueryAsync<TableEntity>())
        {
            if (row.GetString("User").StartsWith(prefix, StringComparison.Ordinal))
            {
                rows.Add(row);
            }
        }
        return rows;
    }

    private static void Check(int run, IReadOnlyList<RecordedRequest> served, List<TableEntity> rows, HashSet<string> answered)
    {
        var byUser = rows.ToLookup(row => row.GetString("User"));
        Assert.All(byUser, user => Assert.True(user.Count() == 1, $"Run {run}: {user.Key} has {user.Count()} rows."));
        var servedByUser = served.ToLookup(request => (string)JsonNode.Parse(request.BodyText)!["user"]!);
        foreach (var requests in servedByUser)
        {
            var row = byUser[requests.Key].SingleOrDefault();
            Assert.True(row is not null, $"Run {run}: {requests.Key} was served, and has no row.");
            var (tokens, used) = (row.GetInt64("PromptTokens") + row.GetInt64("CompletionTokens"), requests.Sum(request => request.PromptTokens + request.CompletionTokens));
            // Where an attempt broke off on a busy machine, what it used is estimated, and the row says so.
            var fits = row.GetBoolean("Estimated") == true ? tokens >= used : tokens == used;
            Assert.True(fits, $"Run {run}: {requests.Key} used {used} tokens in {requests.Count()} attempts, its row says {tokens} in {row.GetInt32("Attempts")} ({row.GetString("State")}, {row.GetString("Status")}, estimated: {row.GetBoolean("Estimated")}).");
            Assert.True(row.GetString("State") != UsageEntity.Reconciled || tokens == row.GetInt64("BoundTokens"), $"Run {run}: {requests.Key} was closed at {tokens} tokens, and not at its bound.");
            Assert.True(row.GetString("State") == UsageEntity.Reconciled || requests.Count() <= row.GetInt32("Attempts"), $"Run {run}: {requests.Key} was asked for more often than its row says.");
        }
        Assert.All(rows, row => Assert.True(servedByUser.Contains(row.GetString("User")) || row.GetString("State") == UsageEntity.Reconciled || row.GetInt32("Attempts") == 0, $"Run {run}: {row.GetString("User")} has a row, and was not served."));
        Assert.All(answered, user => Assert.True(byUser.Contains(user), $"Run {run}: {user} was answered, and has no row."));
    }
}
