using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Budgets.Alerts;
using Tollgate.Gateway.Tests.Providers;
using Tollgate.Gateway.Tests.Secrets;
using Tollgate.Secrets;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Budgets.Alerts;

public sealed class AlertWebhookTests : IAsyncLifetime, IDisposable
{
    private const string Hidden = "sk-hidden";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<(string Body, string? Signature, string Path)> received = [];
    private readonly SemaphoreSlim arrived = new(0);
    private readonly FakeLogger<AlertWebhook> log = new();
    private readonly UpstreamClients clients = new();
    private readonly StoredSecrets secrets = new();
    private RequestDelegate answer = _ => Task.CompletedTask;
    private LoopbackServer server = null!;

    public async Task InitializeAsync() => server = await LoopbackServer.StartAsync(async http =>
    {
        using var reader = new StreamReader(http.Request.Body);
        received.Enqueue((await reader.ReadToEndAsync(), http.Request.Headers["x-tollgate-signature"], http.Request.Path));
        arrived.Release();
        await answer(http);
    });

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose()
    {
        clients.Dispose();
        arrived.Dispose();
    }

    [Fact]
    public async Task Post_Event_ArrivesAsJson_Unsigned()
    {
        await SendAsync(secret: null, Alert());
        var (body, signature, path) = Assert.Single(received);
        Assert.Equal((80, "budget.threshold", "/t/" + Hidden), ((int)JsonNode.Parse(body)!["percent"]!, (string?)JsonNode.Parse(body)!["type"], path));
        Assert.Null(signature);
    }

    [Theory]
    [InlineData("env:HOOK", "key of env:HOOK")]
    [InlineData("kv:hook", "clé")]
    public async Task Post_WithASecret_IsSigned(string reference, string key)
    {
        secrets.Put("kv:hook", "clé");
        await SendAsync(reference, Alert());
        var (body, signature, _) = Assert.Single(received);
        Assert.Equal($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(body)))}", signature);
    }

    [Fact]
    public async Task Post_SecretThatCannotBeHad_IsNotSent()
    {
        secrets.Put("kv:hook", null);
        await SendAsync("kv:hook", Alert());
        Assert.Empty(received);
        AssertFailed("3 tries: its secret cannot be had: the vault holds no secret of that name.");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    public async Task Post_FailureThatMayPass_IsTriedThreeTimes_WithTheSameBody(int status)
    {
        answer = http =>
        {
            http.Response.StatusCode = received.Count < 3 ? status : 204;
            return Task.CompletedTask;
        };
        var clock = await SendAsync(secret: null, Alert());
        Assert.Equal(3, received.Count);
        Assert.Single(received.Select(item => item.Body).Distinct());
        Assert.Equal(AlertWebhook.Pauses, clock.Passed);
        Assert.Equal(0, log.Collector.Count);
    }

    [Fact]
    public async Task Post_FailureThatStays_IsGivenUp_AndTheNextIsSent()
    {
        answer = http =>
        {
            http.Response.StatusCode = received.Count <= 3 ? 500 : 200;
            return Task.CompletedTask;
        };
        await SendAsync(secret: null, Alert(), Alert());
        Assert.Equal(4, received.Count);
        AssertFailed("3 tries: status 500.");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(410)]
    [InlineData(302)]
    [InlineData(307)]
    public async Task Post_Refusal_IsFinal_AndRedirectsAreNotFollowed(int status)
    {
        answer = http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        };
        await SendAsync(secret: null, Alert());
        Assert.Single(received);
        AssertFailed($"1 tries: status {status}.");
    }

    [Fact]
    public async Task Post_NoAnswer_IsGivenUp()
    {
        answer = Hang;
        await SendAsync(secret: null, new HastyClock([AlertWebhook.Patience, .. AlertWebhook.Pauses]), Alert());
        AssertFailed("3 tries: no answer within 5 s.");
    }

    [Fact]
    public async Task Post_NobodyListens_IsGivenUp()
    {
        var webhook = Webhook(secret: null, new HastyClock([.. AlertWebhook.Pauses]));
        await server.DisposeAsync();
        webhook.Post(Alert());
        await webhook.DisposeAsync();
        AssertFailed("3 tries: HttpRequestException.");
    }

    [Fact]
    public async Task Post_AllPlacesTaken_DropsAndCounts_WithoutWaiting()
    {
        answer = Hang;
        var lost = new ConcurrentDictionary<string, long>();
        using var meter = new MeterListener { InstrumentPublished = (instrument, listener) => Listen(instrument, listener) };
        meter.SetMeasurementEventCallback<long>((_, count, tags, _) => lost.AddOrUpdate((string)tags[0].Value!, count, (_, known) => known + count));
        meter.Start();
        var webhook = Webhook(secret: null, new HastyClock([AlertWebhook.Farewell]));
        webhook.Post(Alert());
        Assert.True(await arrived.WaitAsync(Patience));
        for (var i = 0; i < AlertWebhook.Places + 3; i++)
        {
            webhook.Post(Alert());
        }
        Assert.Equal(3, lost["full"]);
        await webhook.DisposeAsync();
        Assert.Single(received);
        Assert.Equal(AlertWebhook.Places + 1, lost["shutdown"]);

        static void Listen(Instrument instrument, MeterListener listener)
        {
            if (instrument.Name == "tollgate.alerts.lost")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        }
    }

    private static Task Hang(HttpContext http)
    {
        var gone = new TaskCompletionSource();
        http.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    }

    private static ThresholdAlert Alert() => new(
        "tenant:t", new ThresholdCrossing(new LimitKey(LimitUnit.Tokens, LimitWindow.Hour), new BudgetWindow(Some.Now, Some.Now.AddHours(1)), 80, 800, 1000), Some.Now);

    private async Task<HastyClock> SendAsync(string? secret, params ThresholdAlert[] alerts)
    {
        var clock = new HastyClock([.. AlertWebhook.Pauses]);
        await SendAsync(secret, clock, alerts);
        return clock;
    }

    private async Task SendAsync(string? secret, HastyClock clock, params ThresholdAlert[] alerts)
    {
        // The end waits for what is left.
        await using var webhook = Webhook(secret, clock);
        Array.ForEach(alerts, webhook.Post);
    }

    private AlertWebhook Webhook(string? secret, TimeProvider time) => new(
        new AlertTarget(new Uri($"http://127.0.0.1:{server.Port}/t/{Hidden}?key={Hidden}"), secret),
        clients.For(AlertWebhook.Patience),
        new Credentials([new EnvironmentCredentials(name => $"key of env:{name}"), secrets]),
        time,
        log);

    private void AssertFailed(string how)
    {
        var line = Assert.Single(log.Collector.GetSnapshot());
        Assert.EndsWith(how, line.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, line.ToString(), StringComparison.Ordinal);
    }
}
