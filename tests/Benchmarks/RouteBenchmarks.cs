using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Tollgate.Catalogue;
using Tollgate.Errors;
using Tollgate.Health;
using Tollgate.Intake;
using Tollgate.Providers;
using Tollgate.Providers.OpenAi;
using Tollgate.Routing;
using Tollgate.Secrets;
using Tollgate.Streaming;
using Tollgate.Tenants;
using Tollgate.Upstream;

namespace Tollgate.Benchmarks;

/// <summary>What it costs to decide where a call goes, among 20 targets that are measured, priced and have quotas; and with all but one of them excluded.</summary>
[MemoryDiagnoser]
public class RouteBenchmarks : IDisposable
{
    private readonly Router router = new(new OwnRegion("eastus"), TimeProvider.System, Random.Shared);
    private IncomingCall call = null!;

    [Params("priority", "weighted", "lowest-latency", "lowest-cost", "most-available")]
    public string Strategy { get; set; } = "";

    [Params(0, 19)]
    public int Excluded { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var targets = Enumerable.Range(0, 20).Select(Target).ToArray();
        foreach (var target in targets[..Excluded])
        {
            target.Deployment.Health.Rest(new UpstreamFailure(FailureKind.RateLimited, 429), TimeSpan.FromHours(1));
        }
        var request = Bodies.SmallRequest("m", stream: false);
        var body = new PooledBuffer(request.Length);
        request.CopyTo(body.GetSpan(request.Length));
        body.Advance(request.Length);
        var route = new ModelRoute("m", [new Tier(Strategies.Of(Strategy), targets)]);
        call = new IncomingCall("req_1", new Caller(new Tenant("acme"), "dev"), body, RequestScanner.Scan(request), route, strict: false, DateTimeOffset.UtcNow, startedAt: 0);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        call.Dispose();
    }

    [Benchmark]
    public int Plan() => router.Plan(call).Targets.Count;

    private static RouteTarget Target(int number)
    {
        var name = $"d{number}";
        var deployment = new Deployment
        {
            Name = name,
            Provider = new OpenAiProvider(),
            Settings = new ProviderSettings { Name = "p", Kind = "openai", Endpoint = new Uri("https://example.com/v1") },
            Credentials = new CredentialRoster(new Configuration.GatewayConfig { Providers = { ["p"] = new Configuration.ProviderConfig { Kind = "openai" } } }, new Credentials([]), TimeProvider.System, NullLogger<ProviderCredential>.Instance).Of("p"),
            Profile = ModelCatalogue.Load().Find("gpt-4o"),
            Region = number % 2 == 0 ? "eastus" : "westus",
            Timeouts = AttemptTimeouts.Default,
            Address = new UpstreamAddress(new Uri("https://example.com"), new Uri("https://example.com")),
            Wire = null,
            Origin = "",
            Health = new DeploymentHealth(name, TimeProvider.System),
        };
        deployment.Health.Breaker.RunAsync(static _ => ValueTask.FromResult<AttemptResult>(new UpstreamFailure(FailureKind.InvalidRequest, 400)), 0).AsTask().Wait();
        deployment.Health.Wholes.Add(TimeSpan.FromMilliseconds(200 + (number * 37 % 300)));
        deployment.Health.Quota.Note(0, new QuotaReading(new QuotaLine(5_000 + number, 10_000, TimeSpan.FromHours(1)), new QuotaLine(900_000, 1_000_000, TimeSpan.FromHours(1)), DateTime.UtcNow.Ticks));
        return new RouteTarget(deployment, 1 + number);
    }
}
