using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tollgate.Admission.Loops;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Conversation;
using Tollgate.Health;
using Tollgate.Intake;
using Tollgate.Providers;
using Tollgate.Providers.OpenAi;
using Tollgate.Routing;
using Tollgate.Secrets;
using Tollgate.Streaming;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests;

/// <summary>Objects that a test needs but does not care about.</summary>
internal static class Some
{
    public const string Body = """{"model":"m","messages":[{"role":"user","content":"hi"}]}""";

    public static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 30, 15, TimeSpan.Zero);

    public static Deployment Deployment(string name = "main", ModelProfile? profile = null, IWire? wire = null, string region = "", IReadOnlyList<string>? credentials = null, string? project = null, TimeProvider? time = null) => new()
    {
        Name = name,
        Provider = new OpenAiProvider(),
        Settings = new ProviderSettings { Name = "openai", Kind = "openai", Endpoint = new Uri("https://api.openai.com/v1") },
        Credentials = Roster("openai", credentials ?? []).Of("openai"),
        Profile = profile ?? Profile(),
        Region = region,
        ProjectTier = project is null ? null : ServiceTiers.Parse(project),
        Timeouts = AttemptTimeouts.Default,
        Address = new UpstreamAddress(new Uri("https://api.openai.com/v1/chat/completions"), new Uri("https://api.openai.com/v1/chat/completions")),
        Wire = wire,
        Origin = "",
        Health = new DeploymentHealth(name, time ?? TimeProvider.System, credentials?.Count ?? 0),
    };

    /// <summary>One provider's credentials; their secrets are their names in lower case.</summary>
    /// <summary>What looks for loops, where no tenant asks for it.</summary>
    public static LoopGuard Loops() => new(TimeProvider.System, NullLogger<LoopGuard>.Instance);

    public static CredentialRoster Roster(string provider, IEnumerable<string> credentials, TimeProvider? time = null) => Roster(
        new GatewayConfig { Providers = { [provider] = new ProviderConfig { Kind = "openai", Credential = [.. credentials] } } }, time);

    public static CredentialRoster Roster(GatewayConfig config, TimeProvider? time = null) => new(
        config, new Credentials([new EnvironmentCredentials(name => name.ToLowerInvariant())]), time ?? TimeProvider.System, NullLogger<ProviderCredential>.Instance);

    /// <summary>A plan that asks deployments in this order.</summary>
    public static RoutePlan Plan(params Deployment[] deployments) => new(new ModelRoute("m", [Tier.Of(deployments)]), deployments);

    public static ModelProfile Profile(Capabilities capabilities = Capabilities.None) =>
        new() { Model = "m", ContextWindow = 128_000, MaxOutput = 4096, Capabilities = capabilities };

    /// <summary>A price that always was; version <c>v</c>.</summary>
    public static PriceBook Prices(ModelPrice price) => new("v", new DatedPrice(DateTimeOffset.MinValue, price));

    public static IncomingCall Call(string body = Body, Tenant? tenant = null, params Deployment[] deployments) => Call(body, tenant, new ModelRoute("m", [Tier.Of(deployments)]));

    public static IncomingCall Call(string body, Tenant? tenant, ModelRoute route) => new(
        RequestId.New(Now),
        new Caller(tenant ?? new Tenant("acme"), "dev"),
        Bytes(body),
        RequestScanner.Scan(Encoding.UTF8.GetBytes(body)),
        route,
        strict: false,
        Now,
        startedAt: 0);

    public static PooledBuffer Bytes(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var buffer = new PooledBuffer(bytes.Length);
        bytes.CopyTo(buffer.GetSpan(bytes.Length));
        buffer.Advance(bytes.Length);
        return buffer;
    }

    public static DefaultHttpContext Http(string body, string? contentType = "application/json")
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.ContentType = contentType;
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return http;
    }
}
