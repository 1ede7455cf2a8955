using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Budgets.Alerts;

namespace Tollgate.Gateway.Tests.Budgets.Alerts;

public sealed class BudgetAlertsTests
{
    private static readonly BudgetWindow Hour = new(Some.Now, Some.Now.AddHours(1));

    private static readonly BudgetWindow Always = new(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);

    private readonly FakeLogger<BudgetAlerts> log = new();

    [Theory]
    [InlineData(50, LogLevel.Information)]
    [InlineData(80, LogLevel.Warning)]
    [InlineData(100, LogLevel.Warning)]
    public void Raise_Step_IsLogged(int percent, LogLevel level)
    {
        Raise("key:acme|app", Crossing(percent));
        var line = Assert.Single(log.Collector.GetSnapshot());
        Assert.Equal((level, $"key:acme|app has reached {percent} % of its limit of 1000 tokens per hour: 803 are spent. It resets at 2026-11-23T11:30:15Z."), (line.Level, line.Message));
    }

    [Fact]
    public void Raise_LimitForEver_SaysThatItDoesNotReset()
    {
        Raise("tenant:acme", Crossing(80) with { Limit = new LimitKey(LimitUnit.MicroUsd, LimitWindow.Total), Window = Always });
        Assert.Equal("tenant:acme has reached 80 % of its limit of 1000 microUsd in total: 803 are spent. It does not reset.", Assert.Single(log.Collector.GetSnapshot()).Message);
    }

    [Fact]
    public void Raise_Step_IsCounted_WithoutSayingWhose()
    {
        List<string> counted = [];
        using var meter = new MeterListener();
        meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "tollgate.budget.threshold")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meter.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var words = string.Join(", ", tags.ToArray().Select(tag => $"{tag.Key} {tag.Value}"));
            lock (counted)
            {
                counted.Add($"{count}: {words}");
            }
        });
        meter.Start();
        Raise("user:acme|0123", Crossing(80) with { Limit = new LimitKey(LimitUnit.Requests, LimitWindow.Month) });
        Assert.Contains("1: tollgate.limit.percent 80, tollgate.limit.unit requests, tollgate.limit.window month, tollgate.limit.scope user", counted);
    }

    [Theory]
    [InlineData("tenant:acme:eu", "acme:eu", "tenant", null, null)]
    [InlineData("key:acme|app/1", "acme", "key", "app/1", null)]
    [InlineData("user:acme|381b5f8b", "acme", "user", null, "381b5f8b")]
    public void Body_SaysWhoseAndHowMuch(string scope, string tenant, string kind, string? key, string? user)
    {
        var body = Body(scope, Crossing(80));
        Assert.Equal((tenant, kind, key, user), ((string?)body["tenant"], (string?)body["scope"], (string?)body["key"], (string?)body["user_hash"]));
        Assert.Equal((80, "tokens", "hour", 803, 1000), ((int)body["percent"]!, (string?)body["unit"], (string?)body["window"], (long)body["spent"]!, (long)body["amount"]!));
        Assert.Equal(("budget.threshold", Some.Now, Hour.End), ((string?)body["type"], (DateTimeOffset)body["time"]!, (DateTimeOffset)body["resets_at"]!));
        Assert.Equal(9 + (key is null && user is null ? 1 : 2) + 1, body.Count);
    }

    [Fact]
    public void Body_LimitForEver_HasNoReset() => Assert.False(Body("tenant:t", Crossing(80) with { Window = Always }).ContainsKey("resets_at"));

    [Fact]
    public void Body_Id_IsTheSameForTheSame_AndForNothingElse()
    {
        var crossing = Crossing(80);
        ThresholdCrossing[] others =
        [
            crossing with { Percent = 100 },
            crossing with { Amount = 1001 },
            crossing with { Window = new BudgetWindow(Hour.End, Hour.End.AddHours(1)) },
            crossing with { Limit = new LimitKey(LimitUnit.Requests, LimitWindow.Hour) },
        ];
        string[] ids = [Id("tenant:t", crossing), Id("tenant:u", crossing), .. others.Select(other => Id("tenant:t", other))];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{32}$", id));
        // An operation that is run again finds more spent, later.
        Assert.Equal(ids[0], (string?)JsonNode.Parse(new ThresholdAlert("tenant:t", crossing with { Spent = 900 }, Some.Now.AddMinutes(1)).Body())!["id"]);
    }

    private static ThresholdCrossing Crossing(int percent) => new(new LimitKey(LimitUnit.Tokens, LimitWindow.Hour), Hour, percent, 803, 1000);

    private static JsonObject Body(string scope, ThresholdCrossing crossing) => JsonNode.Parse(Encoding.UTF8.GetString(new ThresholdAlert(scope, crossing, Some.Now).Body()))!.AsObject();

    private static string Id(string scope, ThresholdCrossing crossing) => (string)Body(scope, crossing)["id"]!;

    private void Raise(string scope, ThresholdCrossing crossing) => new BudgetAlerts(webhook: null, new FakeTimeProvider(Some.Now), log).Raise(scope, [crossing]);
}
