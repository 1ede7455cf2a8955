using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tollgate.Endpoints;
using Tollgate.Ledger.Reading;

namespace Tollgate.Gateway.Tests.Endpoints;

public sealed class UsageReportTests
{
    /// <summary>What callers may choose as tags, and what a spreadsheet must not take for a formula.</summary>
    [Theory]
    [InlineData("u-1", "\"u-1\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("'=1", "\"''=1\"")]
    [InlineData("a,b;=1", "\"a,b;=1\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("", "\"\"")]
    [InlineData(null, "")]
    public async Task WriteAsync_Csv_TextIsQuotedAndNoFormula(string? user, string field)
    {
        var (http, body) = await WriteAsync(Report([UsageDimension.User], [new UsageGroup([user], Sums(1))]), asCsv: true);
        Assert.Equal(
            $"user,requests,failed,estimated,prompt_tokens,cached_tokens,cache_write_tokens,completion_tokens,reasoning_tokens,cost_micro_usd\r\n{field},1,2,3,4,5,6,7,8,9\r\n",
            body);
        Assert.StartsWith("text/csv", http.Response.ContentType, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WriteAsync_ManyGroups_AreAllThere_AndTotalsAreTheirSum(bool asCsv)
    {
        UsageGroup[] groups = [.. Enumerable.Range(0, 3000).Select(i => new UsageGroup([$"m{i}", "2026-11-23"], Sums(i)))];
        var (http, body) = await WriteAsync(Report([UsageDimension.Model, UsageDimension.Day], groups, ["m2999", "2026-11-23"]), asCsv);
        var next = UsageCursor.Read(http.Response.Headers["x-tollgate-next"]!)!;
        Assert.Equal(("model,day", "m2999"), (next.By, next.After[0]));
        if (asCsv)
        {
            Assert.Equal(3001, body.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
            return;
        }
        var json = JsonNode.Parse(body)!;
        Assert.Equal(["model", "day"], json["group_by"]!.AsArray().Select(word => (string)word!));
        Assert.Equal(groups.Select(group => group.Sums.CostMicroUsd), json["data"]!.AsArray().Select(line => (long)line!["cost_micro_usd"]!));
        Assert.Equal(groups.Sum(group => group.Sums.CostMicroUsd), (long)json["totals"]!["cost_micro_usd"]!);
        Assert.Equal((true, http.Response.Headers["x-tollgate-next"].ToString()), ((bool)json["has_more"]!, (string)json["next"]!));
    }

    [Fact]
    public async Task WriteAsync_LastPage_SaysSo()
    {
        var (http, body) = await WriteAsync(Report([UsageDimension.User], [new UsageGroup([null], Sums(1))]), asCsv: false);
        Assert.False(http.Response.Headers.ContainsKey("x-tollgate-next"));
        Assert.Equal(
            """{"object":"usage","tenant":"acme","key":"dev","from":"2026-11-23T10:30:15+00:00","to":"2026-11-24T10:30:15+00:00","group_by":["user"],"data":[{"user":null,"requests":1,"failed":2,"estimated":3,"prompt_tokens":4,"cached_tokens":5,"cache_write_tokens":6,"completion_tokens":7,"reasoning_tokens":8,"cost_micro_usd":9}],"totals":{"requests":1,"failed":2,"estimated":3,"prompt_tokens":4,"cached_tokens":5,"cache_write_tokens":6,"completion_tokens":7,"reasoning_tokens":8,"cost_micro_usd":9},"has_more":false,"next":null}""",
            body);
    }

    private static UsageReport Report(UsageDimension[] by, IReadOnlyList<UsageGroup> groups, IReadOnlyList<string?>? next = null) =>
        new("acme", "dev", new UsageListing(Some.Now, Some.Now.AddDays(1), by, 10, After: null), new UsagePage(groups, next));

    private static UsageSums Sums(int first) => new()
    {
        Requests = first,
        Failed = first + 1,
        Estimated = first + 2,
        PromptTokens = first + 3,
        CachedTokens = first + 4,
        CacheWriteTokens = first + 5,
        CompletionTokens = first + 6,
        ReasoningTokens = first + 7,
        CostMicroUsd = first + 8,
    };

    private static async Task<(HttpContext Http, string Body)> WriteAsync(UsageReport report, bool asCsv)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Response = { Body = body } };
        await report.WriteAsync(http, asCsv);
        await http.Response.CompleteAsync();
        return (http, Encoding.UTF8.GetString(body.ToArray()));
    }
}
