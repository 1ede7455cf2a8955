using System.Text;
using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Health;
using Tollgate.Providers.OpenAi;
using Tollgate.Routing;
using Tollgate.Tables;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Health;

[Collection(WithAzurite.Name)]
public sealed class SharedHealthTests(AzuriteServer azurite)
{
    private readonly string account = azurite.NewAccount();
    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly FakeLogger<SharedHealth> log = new();

    [Fact]
    public async Task ExchangeAsync_OpenBreaker_IsAdviceForOthersUntilItCloses()
    {
        var (mine, others) = (Instance(), Instance());
        await OpenAsync(mine.Topology);
        await mine.Health.ExchangeAsync(default);
        await others.Health.ExchangeAsync(default);

        Assert.Equal(SharedHealth.Stale, AdviceTo(others.Topology, "a/1"));
        Assert.Equal(TimeSpan.Zero, AdviceTo(others.Topology, "b"));
        Assert.Equal(TimeSpan.Zero, AdviceTo(mine.Topology, "a/1"));

        time.Advance(TimeSpan.FromSeconds(5));
        await Breaker(mine.Topology).RunAsync(static _ => ValueTask.FromResult<AttemptResult>(new UpstreamFailure(FailureKind.InvalidRequest, 400)), 0);
        await mine.Health.ExchangeAsync(default);
        await others.Health.ExchangeAsync(default);
        Assert.Equal(TimeSpan.Zero, AdviceTo(others.Topology, "a/1"));
        Assert.Empty(Rows());
    }

    [Fact]
    public async Task ExchangeAsync_InstanceThatHasEnded_IsBelievedForFifteenSecondsAndItsRowGoes()
    {
        var (ended, other) = (Instance(), Instance());
        await OpenAsync(ended.Topology);
        await ended.Health.ExchangeAsync(default);
        time.Advance(SharedHealth.Stale);
        await other.Health.ExchangeAsync(default);
        Assert.Equal(TimeSpan.Zero, AdviceTo(other.Topology, "a/1"));
        Assert.Single(Rows());
        time.Advance(TimeSpan.FromHours(2));
        await other.Health.ExchangeAsync(default);
        Assert.Empty(Rows());
    }

    [Fact]
    public async Task ExchangeAsync_NoTableService_IsLoggedOnce_AndNobodyIsHeld()
    {
        var dead = Instance("DefaultEndpointsProtocol=http;AccountName=t1;AccountKey=dG9sbGdhdGU=;TableEndpoint=http://127.0.0.1:1/t1;");
        await dead.Health.ExchangeAsync(default);
        await dead.Health.ExchangeAsync(default);
        Assert.Contains("TOLLGATE_TABLES", Assert.Single(log.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    private static Breaker Breaker(Topology topology) => topology.Deployments.Single(deployment => deployment.Name == "a/1").Health.Breaker;

    private static async Task OpenAsync(Topology topology)
    {
        for (var i = 0; i < FailureWindow.MostInARow; i++)
        {
            await Breaker(topology).NoteCutAsync();
        }
    }

    private TimeSpan AdviceTo(Topology topology, string deployment) => topology.Deployments.Single(one => one.Name == deployment).Health.AdviceLeft(time.GetUtcNow().UtcTicks);

    private TableEntity[] Rows() => [.. new TableServiceClient(account).GetTableClient(SharedHealth.Table).Query<TableEntity>()];

    private (Topology Topology, SharedHealth Health) Instance(string? connection = null)
    {
        var config = ConfigReader.Read(Encoding.UTF8.GetBytes("""
            { "providers": { "p": { "kind": "openai", "endpoint": "https://api.openai.com/v1" } },
              "deployments": { "a/1": { "provider": "p", "model": "x" }, "b": { "provider": "p", "model": "y" } },
              "models": { "m": { "tiers": [ { "targets": ["a/1", "b"] } ] } } }
            """), "test");
        var topology = new Topology(config, ModelCatalogue.Load(), [new OpenAiProvider()], Some.Roster(config), time);
        var tables = TableAccount.Find(_ => connection ?? account, new Lazy<TokenCredential>())!;
        return (topology, new SharedHealth(tables, topology, time, log));
    }
}
