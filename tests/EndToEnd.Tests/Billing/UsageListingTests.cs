using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Tollgate.Ledger;

namespace Tollgate.EndToEnd.Tests.Billing;

/// <summary><c>GET /v1/usage</c> and its variant for the operator, over HTTP.</summary>
public sealed class UsageListingTests : IAsyncLifetime
{
    private const string November = "from=2026-11-01&to=2026-12-01";

    private BilledGateway? gateway;

    private BilledGateway Gateway => gateway!;

    public async Task InitializeAsync() => gateway = await BilledGateway.StartAsync(tables: null);

    public async Task DisposeAsync() => await gateway!.DisposeAsync();

    [Fact]
    public async Task Usage_NothingSaid_HasTheSumsAndTheModels()
    {
        var usage = await Gateway.ReadAsync($"/v1/usage?{November}", BilledGateway.App);
        var own = Calls("acme", "app");
        Assert.Equal(("usage", "acme", "app"), ((string)usage["object"]!, (string)usage["tenant"]!, (string)usage["key"]!));
        Assert.Equal((own.Length, own.Sum(call => call.CostMicroUsd)), ((int)usage["requests"]!, (long)usage["cost_micro_usd"]!));
        Assert.Equal(["claude-sonnet-4-5", "gpt-4o-mini"], usage["models"]!.AsArray().Select(model => (string)model!["model"]!));
        Assert.Equal((long)usage["cost_micro_usd"]!, usage["models"]!.AsArray().Sum(model => (long)model!["cost_micro_usd"]!));
        Assert.Null(usage["data"]);
    }

    [Fact]
    public async Task Usage_ByGroups_InPages_IsTheKeysOwn()
    {
        var own = Calls("acme", "app");
        var expected = own.GroupBy(call => (call.Call.User, Day: call.Call.OpenedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))
            .OrderBy(group => group.Key.User, StringComparer.Ordinal).ThenBy(group => group.Key.Day, StringComparer.Ordinal)
            .Select(group => (group.Key.User, group.Key.Day, group.Sum(call => call.CostMicroUsd)));
        Assert.Equal(expected, (await LinesAsync($"/v1/usage?{November}&group_by=user,day&limit=13", BilledGateway.App))
            .Select(line => ((string?)line["user"], (string)line["day"]!, (long)line["cost_micro_usd"]!)));
    }

    [Fact]
    public async Task Usage_OfTheTenant_IsForTheKeysThatMay()
    {
        var usage = await Gateway.ReadAsync($"/v1/usage?{November}&scope=tenant&group_by=key", BilledGateway.Billing);
        Assert.Null(usage["key"]);
        Assert.Equal(["app", "batch"], usage["data"]!.AsArray().Select(line => (string)line!["key"]!));
        Assert.Equal(Calls("acme").Sum(call => call.CostMicroUsd), (long)usage["totals"]!["cost_micro_usd"]!);
        Assert.Equal(0, (int)(await Gateway.ReadAsync($"/v1/usage?{November}&scope=key", BilledGateway.Billing))["requests"]!);

        using var refused = await Gateway.GetAsync($"/v1/usage?{November}&scope=tenant", BilledGateway.App);
        Assert.Equal((HttpStatusCode.Forbidden, "scope_not_allowed", "scope"), await ErrorAsync(refused));
    }

    [Theory]
    [InlineData("scope=world", "scope")]
    [InlineData("limit=5", "group_by")]
    [InlineData("group_by=tenant", "group_by")]
    [InlineData("group_by=model&limit=10001", "limit")]
    [InlineData("from=2025-01-01", "from")]
    [InlineData("format=xml", "format")]
    public async Task Usage_WrongParameter_IsNamed(string query, string param)
    {
        using var refused = await Gateway.GetAsync($"/v1/usage?{query}", BilledGateway.App);
        Assert.Equal((HttpStatusCode.BadRequest, param), await ErrorAsync(refused) is var (status, _, named) ? (status, named) : default);
    }

    [Fact]
    public async Task Usage_AsCsv_HasTheSameNumbers()
    {
        using var answer = await Gateway.GetAsync($"/v1/usage?{November}&format=csv&group_by=user,model", BilledGateway.App);
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("user,model,requests,", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            (await LinesAsync($"/v1/usage?{November}&group_by=user,model", BilledGateway.App)).Select(line => string.Join(',', line.Select(
                (value, i) => value.Value is null ? "" : i < 2 ? $"\"{value.Value}\"" : value.Value.ToString()))),
            lines[1..]);
    }

    [Fact]
    public async Task Admin_AllTenants_InPages()
    {
        var lines = await LinesAsync($"/v1/admin/usage?{November}&group_by=tenant,day&limit=7", BilledGateway.Admin);
        Assert.Equal(
            ExampleMonth.Calls.GroupBy(call => (call.Call.Tenant, call.Call.OpenedAt.Date)).OrderBy(group => group.Key.Tenant, StringComparer.Ordinal).ThenBy(group => group.Key.Date)
                .Select(group => (group.Key.Tenant, group.Key.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), group.LongCount(), group.Sum(call => call.CostMicroUsd))),
            lines.Select(line => ((string)line["tenant"]!, (string)line["day"]!, (long)line["requests"]!, (long)line["cost_micro_usd"]!)));
        Assert.Equal(["acme", "globex"], (await LinesAsync($"/v1/admin/usage?{November}", BilledGateway.Admin)).Select(line => (string)line["tenant"]!));
        Assert.Equal(["globex"], (await LinesAsync($"/v1/admin/usage?{November}&tenant=globex", BilledGateway.Admin)).Select(line => (string)line["tenant"]!));
    }

    [Fact]
    public async Task Admin_WithoutTheSecret_IsRefused_AndWithoutASettingNotThere()
    {
        foreach (var key in new[] { BilledGateway.App, BilledGateway.Billing, BilledGateway.Admin + "x" })
        {
            using var refused = await Gateway.GetAsync("/v1/admin/usage", key);
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key", null), await ErrorAsync(refused));
        }
        using var asCaller = await Gateway.GetAsync("/v1/usage", BilledGateway.Admin);
        Assert.Equal(HttpStatusCode.Unauthorized, asCaller.StatusCode);
        await using var without = await BilledGateway.StartAsync(tables: null, hasAdmin: false);
        using var unknown = await without.GetAsync("/v1/admin/usage", BilledGateway.Admin);
        Assert.Equal((HttpStatusCode.NotFound, "unknown_url", null), await ErrorAsync(unknown));
    }

    private static SettledCall[] Calls(string tenant, string? key = null) => [.. ExampleMonth.Calls.Where(call => call.Call.Tenant == tenant && (key is null || call.Call.Key == key))];

    /// <summary>The lines of all pages, whose totals are their sums.</summary>
    private async Task<IReadOnlyList<JsonObject>> LinesAsync(string path, string key)
    {
        var lines = new List<JsonObject>();
        var after = "";
        do
        {
            var page = await Gateway.ReadAsync(path + after, key);
            var data = page["data"]!.AsArray().Select(line => line!.AsObject()).ToArray();
            Assert.All(page["totals"]!.AsObject(), total => Assert.Equal((long)total.Value!, data.Sum(line => (long)line[total.Key]!)));
            lines.AddRange(data);
            after = (string?)page["next"] is { } next ? $"&after={next}" : null;
        }
        while (after is not null);
        return lines;
    }

    private static async Task<(HttpStatusCode, string?, string?)> ErrorAsync(HttpResponseMessage answer)
    {
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!;
        return (answer.StatusCode, (string?)error["code"], (string?)error["param"]);
    }
}
