using System.Globalization;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Tollgate.Gateway.Tests.Azurite;

namespace Tollgate.EndToEnd.Tests.Billing;

/// <summary>What docs/billing.md says of its example is so: every filter is run as it is written there, and compared with what it says and what the gateway says.</summary>
[Collection(WithAzurite.Name)]
public sealed partial class BillingPageTests(AzuriteServer azurite)
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Billing", "billing.md"));

    [Fact]
    public async Task Filters_GiveWhatThePageSays_AndWhatTheGatewaySays()
    {
        var tables = azurite.NewAccount();
        await using var gateway = await BilledGateway.StartAsync(tables);
        var filters = Filter().Matches(Page);
        Assert.True(filters.Count >= 8);
        Assert.Equal(Regex.Count(Page, "^```odata", RegexOptions.Multiline), filters.Count);
        foreach (Match filter in filters)
        {
            var rows = await new TableClient(tables, filter.Groups["table"].Value).QueryAsync<TableEntity>(filter.Groups["filter"].Value).ToListAsync();
            var calls = rows.Sum(row => row.TryGetValue("OpenedAt", out _) ? 1 : row.GetInt64("Requests") ?? 0);
            var cost = rows.Sum(row => row.GetInt64("CostMicroUsd") ?? 0);
            var said = (filter.Groups["filter"].Value, Number(filter, "rows"), Number(filter, "calls"), Number(filter, "cost"));
            Assert.Equal(said, (filter.Groups["filter"].Value, rows.Count, calls, cost));
            if (filter.Groups["path"] is { Success: true, Value: var path })
            {
                var usage = await gateway.ReadAsync(path, path.StartsWith("/v1/admin/", StringComparison.Ordinal) ? BilledGateway.Admin : BilledGateway.App);
                var line = filter.Groups["line"] is { Success: true, Value: var name }
                    ? usage["data"]!.AsArray().Single(line => (string?)line![(string)usage["group_by"]![0]!] == name)!
                    : usage["totals"] ?? usage;
                Assert.Equal((calls, cost), ((long)line["requests"]!, (long)line["cost_micro_usd"]!));
            }
        }
    }

    /// <summary>The invoice's lines are those of the gateway, and come to its last line.</summary>
    [Fact]
    public async Task Invoice_SumsToTheMicroDollar()
    {
        await using var gateway = await BilledGateway.StartAsync(tables: null);
        var usage = await gateway.ReadAsync("/v1/admin/usage?tenant=acme&from=2026-11-01&to=2026-12-01&group_by=model,key", BilledGateway.Admin);
        var lines = InvoiceLine().Matches(Page);
        Assert.Equal(
            usage["data"]!.AsArray().Select(line => ((string)line!["model"]!, (string)line["key"]!, (long)line["requests"]!, (long)line["prompt_tokens"]!, (long)line["completion_tokens"]!, (long)line["cost_micro_usd"]!)),
            lines.Select(line => (line.Groups["model"].Value, line.Groups["key"].Value, Number(line, "calls"), Number(line, "input"), Number(line, "output"), Number(line, "cost"))));
        var total = Assert.Single(InvoiceTotal().Matches(Page));
        Assert.Equal(lines.Sum(line => Number(line, "cost")), Number(total, "cost"));
        Assert.Equal((long)usage["totals"]!["cost_micro_usd"]!, Number(total, "cost"));
        Assert.Equal(Number(total, "cost"), (long)(decimal.Parse(total.Groups["usd"].Value, CultureInfo.InvariantCulture) * 1_000_000));
    }

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex("""```odata (?<table>\w+)\n(?<filter>.+)\n```\n\n(?<rows>[\d,]+) rows?, (?<calls>[\d,]+) calls?, (?<cost>[\d,]+) micro-USD(?:; (?:line `(?<line>[^`]+)` of )?`GET (?<path>[^`]+)` says the same)?\.""", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Filter();

    [GeneratedRegex("""^\| (?<model>[\w.-]+) \| (?<key>[\w.-]+) \| (?<calls>[\d,]+) \| (?<input>[\d,]+) \| (?<output>[\d,]+) \| (?<cost>[\d,]+) \|$""", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex InvoiceLine();

    [GeneratedRegex("""^\| \*\*total\*\* \| \| .* \| \*\*(?<cost>[\d,]+)\*\* = \*\*\$(?<usd>[\d.]+)\*\* \|$""", RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex InvoiceTotal();
}
