using System.Diagnostics;
using Tollgate.EndToEnd.Tests.Faults;
using static Tollgate.Telemetry.TelemetryNames;

namespace Tollgate.EndToEnd.Tests.Telemetry;

/// <summary>What is measured of calls, attempts, budgets and the ledger. A test finds its own by its upstreams' models, which are no other's.</summary>
public sealed class MeterTests(FaultFixture fixture) : IClassFixture<FaultFixture>
{
    [Fact]
    public async Task Stream_Failover_IsMeasuredAsCallAndAsAttempts()
    {
        using var heard = new Heard();
        var (bad, good) = (new Target("anthropic", "c5-f429"), new Target("anthropic", "c3"));
        await using var bench = await fixture.StartAsync(bad, good);

        await heard.AskAsync(bench, stream: true);

        var ofCall = heard.Measurements.Where(measured => good.Model.Equals(measured[Attributes.ResponseModel])).ToList();
        Assert.Equal([Metrics.RequestDuration, Metrics.TimePerOutputToken, Metrics.TimeToFirstToken], ofCall.Select(measured => measured.Name).Order(StringComparer.Ordinal));
        Assert.All(ofCall, measured => Assert.Equal(("chat", "anthropic", Bench.Model), (measured[Attributes.Operation], measured[Attributes.Provider], measured[Attributes.RequestModel])));
        Assert.All(ofCall, measured => Assert.InRange(measured.Value, 0, FaultFixture.Patience.TotalSeconds));
        var failed = Assert.Single(Of(bad));
        Assert.Equal((Metrics.OperationDuration, "rate_limited"), (failed.Name, failed[Attributes.ErrorType]));
        Assert.Equal(
            [(Metrics.TokenUsage, "input", (double)Billed.Words), (Metrics.TokenUsage, "output", 3), (Metrics.Cost, null, (Billed.Words + (2 * 3)) / 1e6)],
            Of(good).Where(measured => measured.Name is Metrics.TokenUsage or Metrics.Cost).Select(measured => (measured.Name, (string?)measured[Attributes.TokenType], measured.Value)));
        Assert.Contains(Of(good), measured => measured.Name == Metrics.TimeToFirstChunk);
        Assert.Contains(heard.Measurements, measured => measured.Name == Metrics.Failovers && (measured[Attributes.Deployment], measured[Attributes.ErrorType]) is ("anthropic-1", "rate_limited"));
        Assert.Contains(heard.Measurements, measured => measured.Name == Metrics.Attempts && (measured[Attributes.Deployment], measured[Attributes.AttemptKind], measured[Attributes.ErrorType]) is ("anthropic-2", "failover", null));

        IEnumerable<Measured> Of(Target target) => heard.Measurements.Where(measured => target.Model.Equals(measured[Attributes.RequestModel]));
    }

    [Fact]
    public async Task Budget_Refusal_SaysWhichLimit_AndNotWhose()
    {
        using var heard = new Heard();
        await using var bench = await fixture.StartAsync(new BenchOptions { Limits = [("requests", "month", 1)] }, new Target("openai", "c3"));
        await heard.AskAsync(bench, stream: false);
        var call = await heard.AskAsync(bench, stream: false);

        Assert.Equal((429, "budget_exceeded", ActivityStatusCode.Unset), (call.GetTagItem(Attributes.HttpStatus), call.GetTagItem(Attributes.ErrorType), call.Status));
        Assert.Empty(heard.AttemptsOf(call));
        Assert.Contains(heard.Measurements, measured => measured.Name == Metrics.BudgetRefusals
            && measured.Tags.Count == 4
            && (measured[Attributes.Reason], measured[Attributes.Unit], measured[Attributes.Window], measured[Attributes.Scope]) is ("budget_exceeded", "requests", "month", "tenant"));
        Assert.Contains(heard.Measurements, measured => measured.Name == Metrics.LeasesHeld && measured.Value >= 1);
        await bench.RowsAsync();
        Assert.Contains(heard.Measurements, measured => measured.Name == Metrics.LedgerWriteDuration && measured.Value > 0);
        Assert.Contains(heard.Measurements, measured => measured.Name == Metrics.LedgerQueue);
    }
}
