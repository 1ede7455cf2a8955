using BenchmarkDotNet.Attributes;
using Tollgate.Admission;
using Tollgate.Admission.Bounds;
using Tollgate.Catalogue;
using Tollgate.Intake;
using Tollgate.Providers;
using Tollgate.Providers.OpenAi;
using Tollgate.Routing;
using Tollgate.Secrets;
using Tollgate.Streaming;
using Tollgate.Tenants;

namespace Tollgate.Benchmarks;

/// <summary>What it costs to know the most that a call can use: for three targets by its size, for one by tokenizing 4 KB.</summary>
[MemoryDiagnoser]
public class BoundBenchmarks
{
    private readonly PromptTokenizers tokenizers = new();
    private readonly IncomingCall small = Call(Bodies.SmallRequest("m", stream: false));
    private readonly IncomingCall fourKilobytes = Call(Bodies.Request("m", stream: false, string.Concat(Enumerable.Repeat("The gateway reserves what a call can use. ", 98))));
    private readonly Deployment[] targets = [Target("gpt-4o"), Target("claude-opus-5-5"), Target("gemini-3.8-flash")];
    private readonly Deployment[] tokenized = [Target("gpt-4o")];

    [GlobalSetup]
    public Task SetupAsync() => tokenizers.LoadAsync(TokenEncoding.O200k);

    [Benchmark]
    public long Quick() => PromptBounds.Quick(small, targets).PromptTokens;

    [Benchmark]
    public bool TightenFourKilobytes() => new PromptBounds(tokenizers).TryTighten(fourKilobytes, tokenized, PromptBounds.Quick(fourKilobytes, tokenized), out CallBound _);

    private static IncomingCall Call(byte[] request)
    {
        var body = new PooledBuffer(request.Length);
        request.CopyTo(body.GetSpan(request.Length));
        body.Advance(request.Length);
        return new IncomingCall("req_1", new Caller(new Tenant("acme"), "dev"), body, RequestScanner.Scan(request), new ModelRoute("m", []), strict: false, DateTimeOffset.UnixEpoch, startedAt: 0);
    }

    private static Deployment Target(string model) => new()
    {
        Name = model,
        Provider = new OpenAiProvider(),
        Settings = new ProviderSettings { Name = "p", Kind = "openai", Endpoint = new Uri("https://example.com/v1") },
        Credentials = new CredentialRoster(new Configuration.GatewayConfig { Providers = { ["p"] = new Configuration.ProviderConfig { Kind = "openai" } } }, new Credentials([]), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<ProviderCredential>.Instance).Of("p"),
        Profile = ModelCatalogue.Load().Find(model),
        Region = "",
        Timeouts = AttemptTimeouts.Default,
        Address = new UpstreamAddress(new Uri("https://example.com"), new Uri("https://example.com")),
        Wire = null,
        Origin = "",
        Health = new Health.DeploymentHealth(model, TimeProvider.System),
    };
}
