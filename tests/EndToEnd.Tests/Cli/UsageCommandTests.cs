using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tollgate.Cli;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.LocalHost;
using Tollgate.Simulator;

namespace Tollgate.EndToEnd.Tests.Cli;

/// <summary>The command line on the store of a gateway that runs.</summary>
[Collection(WithAzurite.Name)]
public sealed class UsageCommandTests(AzuriteServer azurite) : IAsyncLifetime, IDisposable
{
    private const string Key = "tg-a-key-of-the-file-0123";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tollgate-cli-");
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private SimulatorServer? simulator;
    private string? tables;

    private string File => Path.Combine(folder.FullName, "gateway.json");

    private static string Today => DateTimeOffset.UtcNow.AddMinutes(-5).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static string DayAfterTomorrow => DateTimeOffset.UtcNow.AddDays(2).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    public async Task InitializeAsync() => simulator = await SimulatorServer.StartAsync(new SimulatorOptions(), CancellationToken.None);

    public async Task DisposeAsync()
    {
        await simulator!.DisposeAsync();
        folder.Delete(recursive: true);
    }

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rerate_PriceDoubled_IsShownAndThenWritten(bool inTables)
    {
        tables = inTables ? azurite.NewAccount() : null;
        await WriteAsync(price: 10);
        await using var gateway = await StartAsync();
        using var http = new HttpClient { BaseAddress = gateway.BaseAddress, Timeout = GatewayFixture.Timeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Body());
            answer.EnsureSuccessStatusCode();
        }
        var cost = await CostAsync(http);
        Assert.True(cost > 0);
        await WriteAsync(price: 20);

        Assert.Equal(0, await RunAsync("usage", "rerate", "--from", Today, "--to", DayAfterTomorrow, "--json"));
        var dry = Json();
        Assert.False((bool)dry["applied"]!);
        Assert.Equal(("acme", 3, 3, cost, 2 * cost), Figures(dry));
        Assert.Equal(cost, await CostAsync(http));

        Assert.Equal(0, await RunAsync("usage", "rerate", "--from", Today, "--to", DayAfterTomorrow, "--tenant", "acme", "--apply"));
        Assert.Contains("Rated again by price list", output.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"acme\s+3\s+3\s+0\.", output.ToString());
        Assert.DoesNotContain('\u001b', output.ToString());
        Assert.Equal(2 * cost, await CostAsync(http));

        Assert.Equal(0, await RunAsync("usage", "rerate", "--from", Today, "--to", DayAfterTomorrow, "--apply", "--json"));
        Assert.Equal(("acme", 3, 0, 2 * cost, 2 * cost), Figures(Json()));
        Assert.Equal(0, await RunAsync("usage", "rebuild", "--from", Today, "--to", DayAfterTomorrow, "--json"));
        Assert.InRange((int)Json()["days"]!, 1, 2);
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public async Task Rerate_DeploymentGone_IsPartly_AndSaysSo()
    {
        await WriteAsync(price: 10);
        await using (var gateway = await StartAsync())
        {
            using var http = new HttpClient { BaseAddress = gateway.BaseAddress, Timeout = GatewayFixture.Timeout };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            using var answer = await http.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), Body());
            answer.EnsureSuccessStatusCode();
        }
        await WriteAsync(price: 20, deployment: "other");

        Assert.Equal(1, await RunAsync("usage", "rerate", "--from", Today, "--to", DayAfterTomorrow));
        Assert.Contains("Dry run by price list", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("acme: 1 calls went to a deployment that the configuration no longer has.", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("usage", "")]
    [InlineData("usage rerate --from 2026-11-01", "--to")]
    [InlineData("usage rerate --from 2026-11-01 --to 2026-11-31", "'2026-11-31' is not a day such as 2026-11-01")]
    [InlineData("usage rerate --from 2026-11-02 --to 2026-11-02", "--to must be later than --from")]
    [InlineData("usage rebuild --from 2026-11-02 --to 2026-11-01", "--to must be later than --from")]
    [InlineData("usage rerate --from 2026-11-01 --to 2026-12-01 --surprise", "--surprise")]
    public async Task Run_WrongUsage_Is2AndToldOnTheErrorStream(string args, string problem)
    {
        Assert.Equal(2, await RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(problem, error.ToString(), StringComparison.Ordinal);
        Assert.NotEqual("", error.ToString());
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task Run_NoConfigurationOrNoUsage_Is2()
    {
        string[] command = ["usage", "rebuild", "--from", "2026-11-01", "--to", "2026-11-02"];
        Assert.Equal(2, await RunAsync([.. command, "--config", Path.Combine(folder.FullName, "absent.json")]));
        Assert.Contains("absent.json cannot be used", error.ToString(), StringComparison.Ordinal);
        await WriteAsync(price: 10);
        Assert.Equal(2, await RunAsync(command));
        Assert.Contains("usage.db' does not exist; there is no usage to work on.", error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.FullName, ".data")));
        tables = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=dG9sbGdhdGU=;TableEndpoint=http://127.0.0.1:1/a;";
        Assert.Equal(1, await RunAsync(command));
        Assert.Contains("the table service at 127.0.0.1:1 cannot be reached", error.ToString(), StringComparison.Ordinal);
    }

    private async Task<int> RunAsync(params string[] args)
    {
        output.GetStringBuilder().Clear();
        return await Tool.RunAsync(args, new Surroundings(name => name switch { "TOLLGATE_CONFIG" => File, "TOLLGATE_TABLES" => tables, _ => null }, output, error, IsTerminal: false, TimeProvider.System));
    }

    private JsonNode Json() => JsonNode.Parse(output.ToString())!;

    private static (string? Tenant, int Calls, int Changed, long Old, long New) Figures(JsonNode report)
    {
        var tenant = Assert.Single(report["tenants"]!.AsArray())!;
        return ((string?)tenant["tenant"], (int)tenant["calls"]!, (int)tenant["changed"]!, (long)tenant["oldMicroUsd"]!, (long)tenant["newMicroUsd"]!);
    }

    private static async Task<long> CostAsync(HttpClient http) => (long)JsonNode.Parse(await http.GetStringAsync(new Uri("v1/usage", UriKind.Relative)))!["cost_micro_usd"]!;

    private Task WriteAsync(int price, string deployment = "d") => System.IO.File.WriteAllTextAsync(File, new JsonObject
    {
        ["providers"] = new JsonObject { ["openai"] = new JsonObject { ["kind"] = "openai", ["endpoint"] = new Uri(simulator!.BaseAddress, "v1").AbsoluteUri, ["credential"] = "env:PROVIDER_KEY" } },
        ["deployments"] = new JsonObject
        {
            [deployment] = new JsonObject { ["provider"] = "openai", ["model"] = "gpt-4o", ["price"] = new JsonObject { ["input"] = price, ["output"] = price } },
        },
        ["models"] = new JsonObject { ["m"] = new JsonObject { ["tiers"] = new JsonArray(new JsonObject { ["targets"] = new JsonArray(deployment) }) } },
        ["tenants"] = new JsonObject { ["acme"] = new JsonObject { ["keys"] = new JsonObject { ["k"] = "env:FILE_KEY" } } },
    }.ToJsonString());

    private Task<LocalGateway> StartAsync() => LocalGateway.StartAsync(["--urls", "http://127.0.0.1:0"], name => name switch
    {
        "TOLLGATE_CONFIG" => File,
        "TOLLGATE_TABLES" => tables,
        "PROVIDER_KEY" => "simulated",
        "FILE_KEY" => Key,
        _ => null,
    }, CancellationToken.None);

    private static StringContent Body() => new("""{"model":"m","messages":[{"role":"user","content":"Hello"}]}""", Encoding.UTF8, "application/json");
}
