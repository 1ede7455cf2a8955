using System.Text;
using Azure.Core;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Providers;
using Tollgate.Providers.Anthropic;
using Tollgate.Providers.AzureOpenAi;
using Tollgate.Providers.Gemini;
using Tollgate.Providers.OpenAi;
using Tollgate.Providers.Vertex;
using Tollgate.Routing;

namespace Tollgate.Gateway.Tests.Routing;

public sealed class TopologyTests
{
    private static readonly ModelCatalogue Catalogue = ModelCatalogue.Load();

    private static readonly IProvider[] Kinds =
    [
        new OpenAiProvider(),
        new AzureOpenAiProvider(new Lazy<TokenCredential>()),
        new AnthropicProvider(),
        new GeminiProvider(new GeminiWire(GeminiPlatform.GeminiApi)),
        new VertexProvider(new GeminiWire(GeminiPlatform.Vertex), new AnthropicWire(AnthropicPlatform.Vertex)),
    ];

    [Fact]
    public void Deployment_WithoutOverrides_IsTheCataloguesModel()
    {
        var deployment = Deployment("""{ "provider": "p", "model": "gpt-4o" }""");
        Assert.Equivalent(Catalogue.Find("gpt-4o"), deployment.Profile, strict: true);
        Assert.Equal(AttemptTimeouts.Default, deployment.Timeouts);
        Assert.Equal(("", "p", 0), (deployment.Region, deployment.Settings.Name, deployment.Credentials.All.Count));
        Assert.Equal("https://api.openai.com/v1/chat/completions", deployment.Address.Json.AbsoluteUri);
    }

    [Fact]
    public void Deployment_Overrides_WinOverTheCatalogue()
    {
        var deployment = Deployment("""
            { "provider": "p", "model": "gpt-4o", "region": "eastus", "contextWindow": 10, "maxOutput": 5, "capabilities": ["audio"],
              "price": { "input": 1, "output": 2, "cachedInput": 0.5, "cacheWrite5m": 3, "cacheWrite1h": 4 },
              "timeouts": { "connectMs": 1, "firstTokenMs": 2, "idleMs": 3, "totalMs": 4 } }
            """);
        Assert.Equal((10, 5, Capabilities.Audio), (deployment.Profile.ContextWindow, deployment.Profile.MaxOutput, deployment.Profile.Capabilities));
        Assert.Equivalent(new ModelPrice { Input = 1, Output = 2, CachedInput = 0.5m, CacheWrite5m = 3, CacheWrite1h = 4 }, deployment.Profile.Prices!.At(Some.Now), strict: true);
        Assert.Equal(new AttemptTimeouts(Ms(1), Ms(2), Ms(3), Ms(4)), deployment.Timeouts);
        Assert.Equal(Ms(2), deployment.Timeouts.FirstTokenWhen(isLast: false));
        Assert.Equal("eastus", deployment.Region);

        static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
    }

    [Theory]
    [InlineData("""{ "provider": "p", "model": "gpt-4o" }""", false)]
    [InlineData("""{ "provider": "p", "model": "gpt-4o", "maxOutput": 16384 }""", false)]
    [InlineData("""{ "provider": "p", "model": "gpt-4o", "maxOutput": 16383 }""", true)]
    [InlineData("""{ "provider": "p", "model": "unlisted" }""", true)]
    [InlineData("""{ "provider": "p", "model": "unlisted", "maxOutput": 100000 }""", true)]
    public void Deployment_HeldToLessThanItsModelDoes_MayDoMoreByItself(string deployment, bool more) =>
        Assert.Equal(more, Deployment(deployment).Profile.MayExceedMaxOutput);

    [Fact]
    public void Deployment_OneTimeout_LeavesTheOthers() =>
        Assert.Equal(AttemptTimeouts.Default with { Idle = TimeSpan.FromMilliseconds(7) }, Deployment("""{ "provider": "p", "model": "x", "timeouts": { "idleMs": 7 } }""").Timeouts);

    [Theory]
    [InlineData("""{ "provider": "p", "model": "gpt-4o", "acceptsPrefill": true }""", true)]
    [InlineData("""{ "provider": "p", "model": "unlisted", "acceptsPrefill": false }""", false)]
    [InlineData("""{ "provider": "p", "model": "unlisted" }""", true)]
    [InlineData("""{ "provider": "p", "model": "unlisted", "capabilities": ["tools"], "acceptsPrefill": true }""", true)]
    [InlineData("""{ "provider": "p", "model": "unlisted", "capabilities": ["tools"] }""", false)]
    public void Deployment_AcceptsPrefill_IsAskedLast(string deployment, bool expected) =>
        Assert.Equal(expected, Deployment(deployment).Profile.Can(Capabilities.Prefill));

    [Theory]
    [InlineData("""{ "kind": "anthropic", "credential": "env:K" }""", "claude-haiku-4-5", "https://api.anthropic.com/v1/messages", true)]
    [InlineData("""{ "kind": "gemini", "credential": ["env:K", "env:L"] }""", "gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent", true)]
    [InlineData("""{ "kind": "vertex", "project": "pr", "location": "us-east5" }""", "gemini-2.5-flash", "https://us-east5-aiplatform.googleapis.com/v1/projects/pr/locations/us-east5/publishers/google/models/gemini-2.5-flash:generateContent", true)]
    [InlineData("""{ "kind": "azure-openai", "endpoint": "https://x.openai.azure.com/" }""", "gpt-4o", "https://x.openai.azure.com/openai/v1/chat/completions", false)]
    [InlineData("""{ "kind": "openai", "endpoint": "http://localhost:11434/v1/" }""", "llama", "http://localhost:11434/v1/chat/completions", false)]
    public void Deployment_EveryKind_HasItsAddressAndWire(string provider, string model, string address, bool translated)
    {
        var deployment = Deployment($$"""{ "provider": "p", "model": "{{model}}" }""", provider);
        Assert.Equal(address, deployment.Address.Json.AbsoluteUri);
        Assert.Equal(translated, deployment.Wire is not null);
        Assert.Equal(translated, deployment.Origin.Length > 0);
    }

    [Fact]
    public void Deployment_VertexLocation_IsItsRegion() =>
        Assert.Equal("us-east5", Deployment("""{ "provider": "p", "model": "gemini-2.5-flash" }""", """{ "kind": "vertex", "project": "pr", "location": "us-east5" }""").Region);

    [Fact]
    public void Find_Model_HasItsTiersInOrder()
    {
        var topology = Build("""
            { "providers": { "p": { "kind": "openai", "endpoint": "https://api.openai.com/v1" } },
              "deployments": { "a": { "provider": "p", "model": "x" }, "b": { "provider": "p", "model": "y" }, "c": { "provider": "p", "model": "z" } },
              "models": { "m": { "tiers": [ { "strategy": "weighted", "weights": { "a": 7 }, "targets": ["c", "a"] }, { "strategy": "lowest-cost", "targets": ["b"] }, { "targets": ["b"] } ] } } }
            """);
        var route = topology.Find("m")!;
        Assert.Equal(["c", "a", "b", "b"], route.Deployments.Select(deployment => deployment.Name));
        Assert.Equal([Strategy.Weighted, Strategy.LowestCost, Strategy.Priority], route.Tiers.Select(tier => tier.Strategy));
        Assert.Equal([1, 7], route.Tiers[0].Targets.Select(target => target.Weight));
        Assert.Null(topology.Find("M"));
        Assert.Equal(3, topology.Deployments.Count);
        Assert.Same(topology.Deployments.Single(deployment => deployment.Name == "a"), route.Tiers[0].Targets[1].Deployment);
    }

    [Fact]
    public void Deployments_OfOneProvider_ShareItsCredentials()
    {
        var topology = Build("""
            { "providers": { "p": { "kind": "openai", "endpoint": "https://api.openai.com/v1", "credential": ["env:A", "kv:B"] }, "q": { "kind": "anthropic", "credential": "env:A" } },
              "deployments": { "a": { "provider": "p", "model": "x" }, "b": { "provider": "p", "model": "y" }, "c": { "provider": "q", "model": "z" } },
              "models": { "m": { "tiers": [ { "targets": ["a", "b", "c"] } ] } } }
            """);
        var deployments = topology.Find("m")!.Deployments.ToArray();
        Assert.Equal(["env:A", "kv:B"], deployments[0].Credentials.All.Select(credential => credential.Reference));
        Assert.Same(deployments[0].Credentials, deployments[1].Credentials);
        Assert.Equal(["env:A"], deployments[2].Credentials.All.Select(credential => credential.Reference));
    }

    private static Deployment Deployment(string deployment, string provider = """{ "kind": "openai", "endpoint": "https://api.openai.com/v1" }""") => Build($$"""
        { "providers": { "p": {{provider}} }, "deployments": { "d": {{deployment}} }, "models": { "m": { "tiers": [ { "targets": ["d"] } ] } } }
        """).Deployments.Single();

    private static Topology Build(string json)
    {
        var config = ConfigReader.Read(Encoding.UTF8.GetBytes(json), "test");
        return new Topology(config, Catalogue, Kinds, Some.Roster(config), TimeProvider.System);
    }
}
