using System.Globalization;
using Tollgate.Admission;
using Xunit.Abstractions;

namespace Tollgate.Gateway.Tests.Budgets.Entities;

/// <summary>What sharing costs: the figures of docs/budgets.md. The bounds here are twice what was measured.</summary>
public sealed class ManyInstancesTests(ITestOutputHelper output)
{
    private static readonly Limit Month = new(LimitUnit.Tokens, LimitWindow.Month, 10_000_000_000);

    private static readonly Limit Minute = new(LimitUnit.Requests, LimitWindow.Minute, 100_000);

    /// <summary>Tenants of 1,000 instances: many small ones, few large ones, and what calls of theirs cost.</summary>
    [Theory]
    [InlineData(1_000, 0.1, 6)]
    [InlineData(1_000, 1, 6)]
    [InlineData(1_000, 20, 5)]
    [InlineData(1_000, 500, 0.5)]
    [InlineData(100, 0.1, 6)]
    [InlineData(100, 1, 5)]
    [InlineData(100, 20, 1)]
    [InlineData(100, 500, 0.03)]
    [InlineData(10, 0.1, 6)]
    [InlineData(10, 1, 1)]
    [InlineData(10, 20, 0.1)]
    [InlineData(10, 500, 0.005)]
    [InlineData(1, 20, 0.005)]
    public async Task Calls_SpreadOverInstances_CostSoManyOperations(int instances, double perSecond, double most)
    {
        await using var tenant = new ManyInstances(instances, Month, Minute);
        await tenant.RunAsync(perSecond, TimeSpan.FromSeconds(Math.Clamp(5_000 / perSecond, 10, 60)));
        tenant.StartCounting();
        await tenant.RunAsync(perSecond, TimeSpan.FromSeconds(Math.Clamp(1_000 / perSecond, 20, 3_600)));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{instances} instances, {perSecond}/s: {tenant.Calls} calls; for each {(double)tenant.Operations / tenant.Calls:F4} operations, {(double)tenant.Reads / tenant.Calls:F4} reads, {(double)tenant.LeaseRequests / tenant.Calls:F4} lease requests; {100.0 * tenant.Waited / tenant.Calls:F2} % wait for the entity, {100.0 * tenant.Claims / tenant.Calls:F2} % take a waiting lease."));
        Assert.Equal(0, tenant.Refused);
        Assert.InRange((double)tenant.Operations / tenant.Calls, 0, most);
    }
}
