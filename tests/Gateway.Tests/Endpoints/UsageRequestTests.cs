using Microsoft.AspNetCore.Http;
using Tollgate.Endpoints;
using Tollgate.Errors;
using Tollgate.Ledger.Reading;

namespace Tollgate.Gateway.Tests.Endpoints;

public sealed class UsageRequestTests
{
    private static readonly UsageDimension[] Allowed = [UsageDimension.Model, UsageDimension.Key, UsageDimension.User, UsageDimension.Day];

    [Fact]
    public void Read_NothingSaid_IsThisMonthUpToNow()
    {
        var listing = Read("");
        Assert.Equal((new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), Some.Now.AddSeconds(1)), (listing.From, listing.To));
        Assert.Equal([UsageDimension.Model], listing.By);
        Assert.Equal((1000, null), (listing.Most, listing.After));
    }

    [Theory]
    [InlineData("group_by=day,model")]
    [InlineData("group_by=day&group_by=model")]
    [InlineData("group_by=day,%20model")]
    public void Read_SeveralGroups_KeepTheirOrder(string query) => Assert.Equal([UsageDimension.Day, UsageDimension.Model], Read(query).By);

    [Theory]
    [InlineData("from=2025-11-22&to=2026-11-23", null)]
    [InlineData("from=2025-11-22&to=2026-11-23T00:00:01Z", "from")]
    [InlineData("from=2025-11-22", "from")]
    [InlineData("from=2026-10-01&to=2026-11-01&group_by=user", null)]
    [InlineData("from=2026-10-01&to=2026-11-01T00:00:00.001Z&group_by=model,user", "from")]
    [InlineData("from=2026-11-23&to=2026-11-23", "to")]
    [InlineData("to=2026-10-01", "to")]
    [InlineData("from=soon", "from")]
    [InlineData("to=2026-13-01", "to")]
    [InlineData("group_by=tenant", "group_by")]
    [InlineData("group_by=model,model", "group_by")]
    [InlineData("group_by=Model", "group_by")]
    [InlineData("group_by=model,", "group_by")]
    [InlineData("group_by=1", "group_by")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=5001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=1e3", "limit")]
    [InlineData("limit=5000", null)]
    [InlineData("after=x", "after")]
    [InlineData("after=bnVsbA", "after")]
    [InlineData("after=e30", "after")]
    public void Read_WrongParameter_IsNamed(string query, string? param)
    {
        var refused = Record.Exception(() => Read(query)) as CallerErrorException;
        Assert.Equal(param, refused?.Param);
        Assert.True(refused is null || (refused.Status == 400 && refused.Message.Contains($"'{param}'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_After_HasTheListingsTimeAndPosition()
    {
        var first = Read("from=2026-11-01&to=2026-11-20&group_by=user,day");
        var report = new UsageReport("acme", "dev", first, new UsagePage([], ["é\u0001\"", "2026-11-03"]));
        var second = Read($"group_by=user,day&limit=7&after={report.Next}");
        Assert.Equal((first.From, first.To, 7), (second.From, second.To, second.Most));
        Assert.Equal(["é\u0001\"", "2026-11-03"], second.After!);
        Assert.Equal([null, "2026-11-03"], Read($"group_by=user,day&after={(report with { Page = new UsagePage([], [null, "2026-11-03"]) }).Next}").After!);
    }

    /// <summary>A place made up by hand, of another listing, or of a time that is too long.</summary>
    [Fact]
    public void Read_AfterOfSomethingElse_IsRefused()
    {
        var (from, to) = (Some.Now.AddDays(-1).UtcTicks, Some.Now.UtcTicks);
        foreach (var (cursor, param) in new[]
        {
            (new UsageCursor(from, to, "day", ["2026-11-23"]), "after"),
            (new UsageCursor(from, to, "day,model", ["2026-11-23"]), "after"),
            (new UsageCursor(from, to, "day,model", ["2026-11-23", "m", "m"]), "after"),
            (new UsageCursor(from, to, "day,model", ["tomorrow", "m"]), "after"),
            (new UsageCursor(from, to, "day,model", [null, "m"]), "after"),
            (new UsageCursor(from, long.MaxValue, "day,model", ["2026-11-23", "m"]), "after"),
            (new UsageCursor(-1, to, "day,model", ["2026-11-23", "m"]), "after"),
            (new UsageCursor(0, to, "day,model", ["2026-11-23", "m"]), "from"),
            (new UsageCursor(to, from, "day,model", ["2026-11-23", "m"]), "to"),
        })
        {
            Assert.Equal(param, Assert.Throws<CallerErrorException>(() => Read($"group_by=day,model&after={cursor.Write()}")).Param);
        }
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData("format=csv", null, true)]
    [InlineData("format=json", "text/csv", false)]
    [InlineData("", "text/csv", true)]
    [InlineData("", "text/csv;q=0.5, application/json", false)]
    [InlineData("", "application/json;q=0.5, text/csv", true)]
    [InlineData("", "*/*", false)]
    [InlineData("", "text/csv;q=0", false)]
    [InlineData("", "text/html, text/csv;q=0.9, */*;q=0.8", true)]
    public void IsCsv_IsWhatIsAskedFor(string query, string? accept, bool csv) => Assert.Equal(csv, Request(query, accept).IsCsv);

    [Fact]
    public void IsCsv_UnknownFormat_IsRefused() => Assert.Equal("format", Assert.Throws<CallerErrorException>(() => Request("format=xml").IsCsv).Param);

    private static UsageListing Read(string query) => Request(query).Read(Some.Now, Allowed, UsageDimension.Model, mostGroups: 5000);

    private static UsageRequest Request(string query, string? accept = null)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString($"?{query}");
        http.Request.Headers.Accept = accept;
        return new UsageRequest(http.Request);
    }
}
