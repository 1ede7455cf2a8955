using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Tollgate.EndToEnd.Tests.Faults;
using Tollgate.Gateway.Tests.Providers;
using static Tollgate.Telemetry.TelemetryNames;

namespace Tollgate.EndToEnd.Tests.Telemetry;

/// <summary>OTLP to a collector on this machine.</summary>
public sealed class ExportTests(FaultFixture fixture) : IClassFixture<FaultFixture>, IAsyncLifetime
{
    private const string Marker = "Xanadu-marker-4417";

    private readonly ConcurrentQueue<(string Path, string Body)> received = [];
    private LoopbackServer collector = null!;

    public async Task InitializeAsync() => collector = await LoopbackServer.StartAsync(ReceiveAsync);

    public async Task DisposeAsync() => await collector.DisposeAsync();

    [Fact]
    public async Task Endpoint_GetsSpansAndMetrics_AndNoText()
    {
        var (bad, good) = (new Target("openai", "c5-f500"), new Target("openai", "echo"));
        await AskAsync(new() { ["OTEL_SERVICE_NAME"] = "acme-gateway" }, bad, good);

        var traces = BodiesOf("/v1/traces");
        Assert.All(["acme-gateway", $"chat {Bench.Model}", $"chat {bad.Model}", $"chat {good.Model}", Attributes.AttemptCause, "server_error", Attributes.FinishReasons, "vendor=1"], name => Assert.Contains(name, traces, StringComparison.Ordinal));
        var metrics = BodiesOf("/v1/metrics");
        Assert.All(["acme-gateway", Metrics.RequestDuration, Metrics.TimeToFirstToken, Metrics.OperationDuration, Metrics.TokenUsage, Metrics.LedgerQueue, good.Model], name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.All(received, request => Assert.DoesNotContain(Marker, request.Body, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("baggage", traces, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Endpoint_NoServiceName_IsTollgate()
    {
        await AskAsync([], new Target("openai", "c3"));
        // Key and value of a resource's attribute, as protobuf writes them: each with its field and length before it.
        Assert.Contains("service.name\x12\n\n\btollgate", BodiesOf("/v1/traces"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true", false, false)]
    [InlineData("OTEL_TRACES_EXPORTER", "none", false, true)]
    [InlineData("OTEL_METRICS_EXPORTER", "none", true, false)]
    public async Task Endpoint_WhatIsOff_IsNotSent(string setting, string value, bool traces, bool metrics)
    {
        await AskAsync(new() { [setting] = value }, new Target("openai", "c3"));
        Assert.Equal((traces, metrics), (BodiesOf("/v1/traces").Length > 0, BodiesOf("/v1/metrics").Length > 0));
    }

    [Fact]
    public void NoEndpoint_SpansAreNotMadeForNobody()
    {
        var services = new ServiceCollection();
        services.AddTollgateTelemetry(new ConfigurationBuilder().Build(), spans: false, metrics: true);
        using var provider = services.BuildServiceProvider();
        Assert.Equal((true, false), (provider.GetService<MeterProvider>() is not null, provider.GetService<TracerProvider>() is not null));
    }

    private async Task AskAsync(Dictionary<string, string> settings, params Target[] targets)
    {
        settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{collector.Port}";
        settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        // Its end sends what is held back.
        await using var bench = await fixture.StartAsync(new BenchOptions { HostSettings = settings }, targets);
        foreach (var stream in new[] { false, true })
        {
            using var request = Traced.Request(Traced.NewContext(), stream, $$"""{"messages":[{"role":"user","content":"{{Marker}} one two three"}],"user":"{{Marker}}"}""");
            request.Headers.Add("baggage", $"secret={Marker}");
            using var response = await bench.Client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode);
        }
    }

    private string BodiesOf(string path) => string.Concat(received.Where(request => request.Path == path).Select(request => request.Body));

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        received.Enqueue((http.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
    }
}
