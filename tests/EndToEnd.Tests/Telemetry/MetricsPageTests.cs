using System.Net;
using Tollgate.Configuration;
using Tollgate.EndToEnd.Tests.Faults;

namespace Tollgate.EndToEnd.Tests.Telemetry;

/// <summary>LocalHost's page for Prometheus.</summary>
public sealed class MetricsPageTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    private static readonly Uri Page = new("/metrics", UriKind.Relative);

    [Fact]
    public async Task Page_AfterCalls_ShowsThem()
    {
        var (bad, good) = (new Target("openai", "c5-f500"), new Target("openai", "c3"));
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("requests", "day", 1)] }, bad, good);
        await bench.AskAsync(stream: true);
        await bench.AskAsync(stream: true);

        var page = await bench.Client.GetStringAsync(Page);

        Assert.Matches($"""(?m)^gen_ai_server_request_duration_seconds_bucket\S*gen_ai_response_model="{good.Model}"\S*le="81.92"\S* 1""", page);
        Assert.Matches($"""(?m)^gen_ai_server_time_to_first_token_seconds_count\S*gen_ai_response_model="{good.Model}"\S* 1""", page);
        Assert.Matches($"""(?m)^gen_ai_client_operation_duration_seconds_count\S*error_type="server_error"\S*gen_ai_request_model="{bad.Model}"\S* 2""", page);
        Assert.Matches($"""(?m)^gen_ai_client_token_usage_sum\S*gen_ai_request_model="{good.Model}"\S*gen_ai_token_type="output"\S* 3""", page);
        Assert.Matches("""(?m)^tollgate_cost_total\{""", page);
        Assert.Matches("""(?m)^tollgate_failovers_total\{""", page);
        Assert.Matches("""(?m)^tollgate_budget_refusals_total\S*tollgate_limit_unit="requests"\S*tollgate_limit_window="day"\S* """, page);
        Assert.Matches("""(?m)^tollgate_ledger_queue""", page);
        Assert.DoesNotContain("tollgate_tenant", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData(null, "X-Forwarded-For", HttpStatusCode.NotFound)]
    [InlineData(null, "Forwarded", HttpStatusCode.NotFound)]
    [InlineData("local", "X-Forwarded-For", HttpStatusCode.NotFound)]
    [InlineData("anyone", "X-Forwarded-For", HttpStatusCode.OK)]
    public async Task Page_IsForThisMachineOnly_UnlessToldOtherwise(string? setting, string? header, HttpStatusCode status)
    {
        await using var bench = await fixture.StartAsync(OptionsOf(setting), new Target("openai", "c3"));
        using var request = new HttpRequestMessage(HttpMethod.Get, Page);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, "192.0.2.1");
        }
        using var response = await bench.Client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Page_TelemetryOff_IsNotThere()
    {
        await using var bench = await fixture.StartAsync(new BenchOptions { HostSettings = new Dictionary<string, string> { ["OTEL_SDK_DISABLED"] = "true" } }, new Target("openai", "c3"));
        using var response = await bench.Client.GetAsync(Page);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("TOLLGATE_METRICS")]
    [InlineData("TOLLGATE_TRACE_CONTEXT")]
    public async Task Start_SettingThatIsNone_IsNamed(string name)
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() =>
            fixture.StartAsync(new BenchOptions { Settings = new Dictionary<string, string> { [name] = "sometimes" } }, new Target("openai", "c3")));
        Assert.Contains(name, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("'sometimes'", wrong.Message, StringComparison.Ordinal);
    }

    private static BenchOptions OptionsOf(string? setting) =>
        setting is null ? new BenchOptions() : new BenchOptions { Settings = new Dictionary<string, string> { ["TOLLGATE_METRICS"] = setting } };
}
