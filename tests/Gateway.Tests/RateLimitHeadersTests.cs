using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests;

public sealed class RateLimitHeadersTests : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly LeaseBook budgets;

    public RateLimitHeadersTests() => budgets = new LeaseBook(new InProcessBudgets(time), time);

    public ValueTask DisposeAsync() => budgets.DisposeAsync();

    [Fact]
    public async Task Write_Admitted_SaysHowTheTightestLimitsStand()
    {
        var headers = await AnsweredAsync(
            new Limit(LimitUnit.Requests, LimitWindow.Minute, 60),
            new Limit(LimitUnit.Requests, LimitWindow.Day, 1000),
            new Limit(LimitUnit.Tokens, LimitWindow.Month, 5000),
            new Limit(LimitUnit.Tokens, LimitWindow.Hour, 100_000));
        Assert.Equal(("60", "59", "45s"), Of(headers, "requests"));
        Assert.Equal(("5000", "4900", "181h29m45s"), Of(headers, "tokens"));
    }

    [Fact]
    public async Task Write_LimitThatNeverResets_SaysNoTime() =>
        Assert.Equal(("7", "6", ""), Of(await AnsweredAsync(new Limit(LimitUnit.Requests, LimitWindow.Total, 7)), "requests"));

    [Fact]
    public async Task Write_NoSuchLimit_SaysNothing() =>
        Assert.Empty(await AnsweredAsync(new Limit(LimitUnit.MicroUsd, LimitWindow.Day, 1), new Limit(LimitUnit.Concurrency, LimitWindow.Total, 1)));

    [Theory]
    [InlineData(nameof(LimitUnit.Requests), "requests")]
    [InlineData(nameof(LimitUnit.Tokens), "tokens")]
    [InlineData(nameof(LimitUnit.MicroUsd), null)]
    public async Task Write_Refused_SaysWhichLimitAndWhen(string unit, string? named)
    {
        var refused = await Assert.ThrowsAsync<BudgetRefusedException>(() => AnsweredAsync(new Limit(Enum.Parse<LimitUnit>(unit), LimitWindow.Hour, 0)));
        var headers = new HeaderDictionary();
        RateLimitHeaders.Write(headers, refused.Standing, time.GetUtcNow());
        Assert.Equal(named is null ? 0 : 3, headers.Count);
        Assert.Equal(named is null ? ("", "", "") : ("0", "0", "29m45s"), Of(headers, named ?? "tokens"));
    }

    private static (string Limit, string Remaining, string Reset) Of(IHeaderDictionary headers, string unit) =>
        (headers[$"x-ratelimit-limit-{unit}"].ToString(), headers[$"x-ratelimit-remaining-{unit}"].ToString(), headers[$"x-ratelimit-reset-{unit}"].ToString());

    private async Task<IHeaderDictionary> AnsweredAsync(params Limit[] limits)
    {
        var reservation = await budgets.ReserveAsync(new Caller(new Tenant("t") { Limits = limits }, "k").Scopes, new CallBound(10, 90, 1, 0, 1e-9m), CancellationToken.None);
        var headers = new HeaderDictionary();
        foreach (var unit in Enum.GetValues<LimitUnit>())
        {
            RateLimitHeaders.Write(headers, reservation.Tightest(unit), time.GetUtcNow());
        }
        return headers;
    }
}
