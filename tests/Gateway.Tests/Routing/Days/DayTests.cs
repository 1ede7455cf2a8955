using System.Globalization;
using Tollgate.Routing;
using Xunit.Abstractions;

namespace Tollgate.Gateway.Tests.Routing.Days;

/// <summary>A day with outages, brown-outs and rate limits, of which <c>docs/routing.md</c> has the figures.</summary>
public sealed class DayTests(ITestOutputHelper output)
{
    private const int Seed = 20261123;

    [Fact]
    public async Task Day_TwoProvidersAt99Percent_999OfAThousandAreAnswered_ForNoMoreMoneyOrTimeThanPlainFailover()
    {
        var plain = await RunAsync("plain failover", null, Seed);
        var priority = await RunAsync("priority", Strategy.Priority, Seed);
        var quickest = await RunAsync("lowest-latency", Strategy.LowestLatency, Seed);
        var cheapest = await RunAsync("lowest-cost", Strategy.LowestCost, Seed);
        var freest = await RunAsync("most-available", Strategy.MostAvailable, Seed);

        Assert.All(new[] { priority, quickest, cheapest, freest }, figures => Assert.True(figures.Success >= 99.9, $"{figures}"));
        Assert.True(priority.Success > plain.Success);
        Assert.True(priority.P999 < plain.P999 / 2 && quickest.P99 < plain.P99);
        Assert.True(quickest.Median < priority.Median);
        Assert.True(priority.MicroUsd < plain.MicroUsd * 1.05 && cheapest.MicroUsd < quickest.MicroUsd);
    }

    [Fact]
    public async Task Day_AnySeed_999OfAThousandAreAnswered()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            Assert.True((await RunAsync($"seed {seed}", Strategy.LowestLatency, seed)).Success >= 99.9);
        }
    }

    [Fact]
    public async Task Day_SameSeed_IsTheSameDay() =>
        Assert.Equal(await RunAsync("once", Strategy.LowestLatency, Seed), await RunAsync("again", Strategy.LowestLatency, Seed));

    /// <summary>Away from the test framework's own context, so that all of it stays on one thread.</summary>
    private async Task<SimulatedDay.Figures> RunAsync(string name, Strategy? strategy, int seed)
    {
        var figures = await Task.Run(() => new SimulatedDay(seed).Run(strategy));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {figures.Calls} | {figures.Success:0.000} % | {figures.MicroUsd / 1000:0.000} | {figures.Median:0.00} s | {figures.P99:0.0} s | {figures.P999:0.0} s | {figures.Attempts:0.000} |"));
        return figures;
    }
}
