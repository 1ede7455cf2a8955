using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tollgate.Gateway.Tests.Providers;
using Tollgate.Gateway.Tests.Secrets;
using Tollgate.Secrets;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>Credentials of a Key Vault, and several of one provider: what upstreams are sent, what callers and operators see.</summary>
public sealed class CredentialTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private const string Name = "openai-key";
    private const string Old = "sk-old-0123456789";
    private const string New = "sk-new-0123456789";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E_KeyRotatedAtProviderAndVault_SameCallAnswersWithTheNewKey(bool stream)
    {
        await using var vault = await VaultServer.StartAsync();
        await using var upstream = await KeyedUpstream.StartAsync(Old);
        var time = new ManualTime();
        await using var bench = await StartAsync(vault, time, Keyed(upstream, $"kv:{Name}"), new Target("openai", "c3"));
        vault.Put(Name, Old);
        await AssertAnswerAsync("1");

        vault.Put(Name, New);
        upstream.Accepted = New;
        time.Advance(KeyVaultCredentials.Reread);
        await AssertAnswerAsync("2");
        await AssertAnswerAsync("1");

        Assert.Equal([Old, Old, New, New], upstream.Keys);
        Assert.Equal(2, vault.ReadsOf(Name));

        async Task AssertAnswerAsync(string attempts)
        {
            var seen = await bench.AskAsync(stream);
            seen.AssertWhole();
            Assert.Equal((attempts, "openai-1"), (seen.Header("x-tollgate-attempts"), seen.Header("x-tollgate-deployment")));
        }
    }

    [Fact]
    public async Task E_KeyRevokedAndVaultNotRotated_OtherKeyThenOtherTargetAndTheVaultIsAskedOnce()
    {
        await using var vault = await VaultServer.StartAsync();
        await using var upstream = await KeyedUpstream.StartAsync(New);
        var time = new ManualTime();
        vault.Put(Name, Old);
        vault.Put("second", "sk-second");
        await using var bench = await StartAsync(vault, time, Keyed(upstream, $"kv:{Name}", "kv:second"), new Target("openai", "c3"));

        var seen = await bench.AskAsync(stream: false);

        seen.AssertWhole();
        Assert.Equal(("3", "openai-2"), (seen.Header("x-tollgate-attempts"), seen.Header("x-tollgate-deployment")));
        Assert.Equal([Old, "sk-second"], upstream.Keys);
        Assert.Equal([Name, "second"], vault.Reads);
        Assert.Equal("2", (await bench.AskAsync(stream: false)).Header("x-tollgate-attempts"));
    }

    [Fact]
    public async Task E_VaultOutage_CachedKeyServesAndTheGatewayStaysReady()
    {
        await using var vault = await VaultServer.StartAsync();
        await using var upstream = await KeyedUpstream.StartAsync(Old);
        var time = new ManualTime();
        vault.Put(Name, Old);
        await using var bench = await StartAsync(vault, time, Keyed(upstream, $"kv:{Name}"));
        (await bench.AskAsync(stream: false)).AssertWhole();

        vault.Is = VaultServer.Mood.Broken;
        time.Advance(TimeSpan.FromHours(23));
        (await bench.AskAsync(stream: false)).AssertWhole();
        await vault.WaitForReadsAsync(Name, 2);
        (await bench.AskAsync(stream: true)).AssertWhole();

        Assert.Empty(await NotReadyAsync(bench));
        Assert.Equal([Old, Old, Old], upstream.Keys);
    }

    [Fact]
    public async Task E_SecretMissing_OperatorIsToldAndCallerSeesNothingOfIt()
    {
        await using var vault = await VaultServer.StartAsync();
        await using var upstream = await KeyedUpstream.StartAsync(Old);
        var (time, log) = (new ManualTime(), new CapturedLog());
        await using var bench = await StartAsync(vault, time, log, Keyed(upstream, "kv:openai-kye"));
        vault.Put(Name, Old);

        var first = await bench.AskAsync(stream: false);
        var second = await bench.AskAsync(stream: true);

        first.AssertError(502, "upstream_credentials");
        second.AssertError(502, "upstream_credentials");
        Assert.DoesNotContain("kye", first.Text + second.Text, StringComparison.Ordinal);
        Assert.Empty(upstream.Keys);
        Assert.Equal(["'providers.openai-1.credential' names kv:openai-kye, but the vault holds no secret of that name."], await NotReadyAsync(bench));
        Assert.Single(log.Lines, line => line.StartsWith("Provider openai-1's credential kv:openai-kye is not used for 60 s where there is another: the vault holds no secret of that name.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task E_EverythingAboutCredentials_NoSecretInAnyLog()
    {
        await using var vault = await VaultServer.StartAsync();
        await using var upstream = await KeyedUpstream.StartAsync(Old);
        var (time, log) = (new ManualTime(), new CapturedLog());
        vault.Put(Name, Old);
        vault.Put("bad", "sk-bäd-0123456789");
        await using var bench = await StartAsync(vault, time, log, Keyed(upstream, $"kv:{Name}", "kv:bad"));
        foreach (var mood in Enum.GetValues<VaultServer.Mood>().Except([VaultServer.Mood.Hangs, VaultServer.Mood.AsksForALongWait]))
        {
            vault.Is = mood;
            await bench.AskAsync(stream: false);
            upstream.Accepted = New;
            await bench.AskAsync(stream: false);
            upstream.Accepted = Old;
            time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Contains(log.Lines, line => line.Contains("cannot be read", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("refuses it with status 401", StringComparison.Ordinal));
        Assert.All(new[] { Old, "bäd", HostIdentity.Token, VaultServer.Inside }, secret => Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task E_SeveralCredentials_CallsTakeThemInTurn()
    {
        var target = new Target("openai", "c2") { Credentials = ["CREDENTIAL_A", "CREDENTIAL_B"] };
        await using var bench = await fixture.StartAsync(target);
        for (var i = 0; i < 4; i++)
        {
            (await bench.AskAsync(stream: false)).AssertWhole();
        }
        Assert.Equal(["credential-a", "credential-b", "credential-a", "credential-b"], Sent(bench, target));
    }

    [Theory]
    [InlineData("f401x1")]
    [InlineData("f403x1")]
    [InlineData("quotax1")]
    public async Task E_RefusedCredential_CostsTheNextCallsNoAttempt(string fault)
    {
        var time = new ManualTime();
        var target = new Target("openai", $"c2-{fault}") { Credentials = ["CREDENTIAL_A", "CREDENTIAL_B"] };
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = time }, target);

        Assert.Equal("2", (await bench.AskAsync(stream: false)).Header("x-tollgate-attempts"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("1", (await bench.AskAsync(stream: false)).Header("x-tollgate-attempts"));
        }
        Assert.Equal(["credential-a", "credential-b", "credential-b", "credential-b", "credential-b"], Sent(bench, target));

        time.Advance(ProviderCredential.Refused);
        await bench.AskAsync(stream: false);
        await bench.AskAsync(stream: false);
        Assert.Equal(["credential-a", "credential-b"], Sent(bench, target)[5..].Order());
    }

    [Fact]
    public async Task E_RateLimitedCredential_NextOneAtOnceAndTheTargetStaysFirst()
    {
        var target = new Target("openai", "c2-f429x1-ra30") { Credentials = ["CREDENTIAL_A", "CREDENTIAL_B"] };
        await using var bench = await fixture.StartAsync(new BenchOptions { Time = new ManualTime() }, target);

        Assert.Equal("2", (await bench.AskAsync(stream: false)).Header("x-tollgate-attempts"));
        Assert.Equal("1", (await bench.AskAsync(stream: false)).Header("x-tollgate-attempts"));
        Assert.Equal("1", (await bench.AskAsync(stream: false)).Header("x-tollgate-attempts"));

        Assert.Equal(["credential-a", "credential-b", "credential-b", "credential-b"], Sent(bench, target));
    }

    private static Target Keyed(KeyedUpstream upstream, params string[] credentials) => new("openai", "keyed") { Endpoint = upstream.Address, Credentials = credentials };

    private Task<Bench> StartAsync(VaultServer vault, ManualTime time, params Target[] targets) => StartAsync(vault, time, log: null, targets);

    private Task<Bench> StartAsync(VaultServer vault, ManualTime time, CapturedLog? log, params Target[] targets) => fixture.StartAsync(
        new BenchOptions
        {
            Time = time,
            Vault = vault.Address,
            Services = services =>
            {
                services.Replace(ServiceDescriptor.Singleton(new Lazy<VaultClient>(() => vault.Client())));
                log?.AddTo(services);
            },
        },
        targets);

    private static async Task<string[]> NotReadyAsync(Bench bench)
    {
        using var answer = await bench.Client.GetAsync(new Uri("/readyz", UriKind.Relative));
        var problems = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["problems"]?.AsArray().Select(problem => (string)problem!).ToArray() ?? [];
        Assert.Equal(problems.Length == 0 ? 200 : 503, (int)answer.StatusCode);
        return problems;
    }

    private static string[] Sent(Bench bench, Target target) => [.. bench.ReceivedBy(target).Select(request => request.Headers["Authorization"]["Bearer ".Length..])];

    /// <summary>Speaks OpenAI's wire to whoever has the right key.</summary>
    private sealed class KeyedUpstream : IAsyncDisposable
    {
        private const string Whole = """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";

        private const string Streamed = """
            data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"hello"},"finish_reason":null}]}

            data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: [DONE]


            """;

        private readonly ConcurrentQueue<string> keys = [];
        private LoopbackServer? server;

        public volatile string Accepted = "";

        public Uri Address => new($"http://127.0.0.1:{server!.Port.ToString(CultureInfo.InvariantCulture)}/");

        /// <summary>What it was sent, right or wrong.</summary>
        public IReadOnlyList<string> Keys => [.. keys];

        public static async Task<KeyedUpstream> StartAsync(string accepted)
        {
            var upstream = new KeyedUpstream { Accepted = accepted };
            upstream.server = await LoopbackServer.StartAsync(upstream.AnswerAsync);
            return upstream;
        }

        public ValueTask DisposeAsync() => server!.DisposeAsync();

        private async Task AnswerAsync(HttpContext http)
        {
            var key = http.Request.Headers.Authorization.ToString()["Bearer ".Length..];
            keys.Enqueue(key);
            var body = (await JsonNode.ParseAsync(http.Request.Body))!;
            if (key != Accepted)
            {
                http.Response.StatusCode = 401;
                await http.Response.WriteAsJsonAsync(new { error = new { message = $"Incorrect API key provided: {key}", type = "invalid_request_error", code = "invalid_api_key" } });
                return;
            }
            var isStream = (bool?)body["stream"] == true;
            http.Response.ContentType = isStream ? "text/event-stream" : "application/json";
            await http.Response.WriteAsync(isStream ? Streamed : Whole);
        }
    }
}
