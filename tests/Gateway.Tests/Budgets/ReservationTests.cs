using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Budgets;

public sealed class ReservationTests : IAsyncDisposable
{
    private static readonly Tenant Tenant = new("t")
    {
        Limits = [new Limit(LimitUnit.Tokens, LimitWindow.Total, 1000), new Limit(LimitUnit.MicroUsd, LimitWindow.Total, 10_000), new Limit(LimitUnit.Requests, LimitWindow.Total, 10)],
    };

    private readonly LeaseBook budgets;

    public ReservationTests()
    {
        var time = new FakeTimeProvider(Some.Now);
        budgets = new LeaseBook(new InProcessBudgets(time), time);
    }

    public ValueTask DisposeAsync() => budgets.DisposeAsync();

    [Fact]
    public async Task Tighten_WhatIsFreed_BecomesOutput()
    {
        var reservation = await ReserveAsync(prompt: 600, output: 800);
        Assert.Equal((400, true), (reservation.OutputTokens, reservation.Lowered));

        reservation.Tighten(Bound(prompt: 100, output: 800));

        Assert.Equal((Bound(prompt: 100, output: 800), false), (reservation.Bound, reservation.Lowered));
        Assert.Equal((100, 10_000 - 100 - 1600, 9), Left(reservation));
        reservation.Settle(50, 60);
        Assert.Equal((950, 9_940, 9), Left(reservation));
    }

    [Fact]
    public async Task Tighten_MoreThanThereIs_StaysLowered()
    {
        var reservation = await ReserveAsync(prompt: 600, output: 2000);
        reservation.Tighten(Bound(prompt: 101, output: 2000));
        Assert.Equal((899, true), (reservation.OutputTokens, reservation.Lowered));
        Assert.Equal(0, Left(reservation).Tokens);
    }

    [Fact]
    public async Task Tighten_AnotherOverran_KeepsTheOutputAndTakesNoMore()
    {
        var other = await ReserveAsync(prompt: 400, output: 100);
        var reservation = await ReserveAsync(prompt: 200, output: 500);
        Assert.Equal(300, reservation.OutputTokens);
        other.Settle(900, 0);

        reservation.Tighten(Bound(prompt: 150, output: 500));

        Assert.Equal((300, 150, true), (reservation.OutputTokens, reservation.Bound.PromptTokens, reservation.Lowered));
        reservation.Settle(0, 0);
        Assert.Equal(100, Left(reservation).Tokens);
    }

    [Fact]
    public async Task Tighten_SeveralChoices_EachGetsItsPart()
    {
        var reservation = await ReserveAsync(prompt: 400, output: 500, choices: 2);
        Assert.Equal(300, reservation.OutputTokens);
        reservation.Tighten(Bound(prompt: 101, output: 500, choices: 2));
        Assert.Equal(449, reservation.OutputTokens);
        Assert.Equal(1, Left(reservation).Tokens);
    }

    [Fact]
    public async Task Release_NothingIsBooked_AndItIsOver()
    {
        var reservation = await ReserveAsync(prompt: 100, output: 100);
        reservation.Release();
        reservation.Settle(500, 500);
        Assert.Equal((1000, 10_000, 10), Left(reservation));
    }

    private async Task<Reservation> ReserveAsync(long prompt, long output, int choices = 1) =>
        await budgets.ReserveAsync(new Caller(Tenant, "k").Scopes, Bound(prompt, output, choices), CancellationToken.None);

    /// <summary>At one micro-USD for a prompt token and two for one of output.</summary>
    private static CallBound Bound(long prompt, long output, int choices = 1) => new(prompt, output, choices, prompt, 2);

    private static (long? Tokens, long? MicroUsd, long? Requests) Left(Reservation reservation) =>
        (reservation.Tightest(LimitUnit.Tokens)?.Remaining, reservation.Tightest(LimitUnit.MicroUsd)?.Remaining, reservation.Tightest(LimitUnit.Requests)?.Remaining);
}
