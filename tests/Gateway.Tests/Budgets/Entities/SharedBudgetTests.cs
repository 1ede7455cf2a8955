using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Gateway.Tests.Azurite;
using Tollgate.Ledger;
using Tollgate.Telemetry;

namespace Tollgate.Gateway.Tests.Budgets.Entities;

[Collection(WithAzurite.Name)]
public sealed class SharedBudgetTests(AzuriteServer azurite)
{
    private static readonly Limit Month = new(LimitUnit.Tokens, LimitWindow.Month, 100_000);

    private static readonly Limit Minute = new(LimitUnit.Requests, LimitWindow.Minute, 600);

    [Fact]
    public async Task Call_FirstEver_AsksTheEntity_WhichThenHasALeaseWaiting()
    {
        await using var fleet = Start(Month, Minute);
        await fleet.CallAsync(fleet.Add());
        await fleet.StateAsync();
        var slot = Assert.Single(await fleet.Slots.ReadAsync(Fleet.Scope));
        Assert.True(slot is { IsFree: true, LeaseId: var id } && id.StartsWith(Fleet.Scope, StringComparison.Ordinal));
        Assert.Equal(2, slot.Grants.Count);
    }

    [Fact]
    public async Task Call_OnANewInstance_TakesTheWaitingLease_WithoutTheEntity()
    {
        await using var fleet = Start(Month, Minute);
        await fleet.CallAsync(fleet.Add());
        await fleet.StateAsync();
        fleet.Entities.IsDown = true;
        var instance = fleet.Add();
        Assert.Equal(90, (await fleet.CallAsync(instance)).OutputTokens);

        fleet.Entities.IsDown = false;
        await fleet.PassAsync(ScopeBook.ToldEvery);
        var state = await fleet.StateAsync();
        Assert.Contains(instance.Find(fleet.Terms).LeaseId!, state.Leases.Keys);
        Assert.True(Assert.Single(await fleet.Slots.ReadAsync(Fleet.Scope)) is { IsFree: true }, "Another should wait.");
    }

    [Fact]
    public async Task Leases_AreMeasured()
    {
        using var waits = new MetricCollector<double>(null, TelemetryNames.Source, TelemetryNames.Metrics.LeaseWait);
        using var messages = new MetricCollector<long>(null, TelemetryNames.Source, TelemetryNames.Metrics.LeaseMessages);
        using var claims = new MetricCollector<long>(null, TelemetryNames.Source, TelemetryNames.Metrics.LeaseClaims);
        using var held = new MetricCollector<long>(null, TelemetryNames.Source, TelemetryNames.Metrics.LeasesHeld);
        await using var fleet = Start(Month, Minute);

        await fleet.CallAsync(fleet.Add());
        await fleet.StateAsync();
        await fleet.CallAsync(fleet.Add());
        held.RecordObservableInstruments();

        Assert.True(waits.GetMeasurementSnapshot().Count >= 2);
        Assert.Contains(messages.GetMeasurementSnapshot(), message => Equals(message.Tags[TelemetryNames.Attributes.LeaseMessage], TelemetryNames.Values.Ask));
        Assert.Contains(claims.GetMeasurementSnapshot(), claim => Equals(claim.Tags[TelemetryNames.Attributes.Outcome], TelemetryNames.Values.None));
        Assert.Contains(claims.GetMeasurementSnapshot(), claim => Equals(claim.Tags[TelemetryNames.Attributes.Outcome], TelemetryNames.Values.Taken));
        Assert.True(held.LastMeasurement!.Value >= 2);
    }

    [Fact]
    public async Task Thresholds_OfSeveralInstances_AreRaisedOnce()
    {
        var limit = Month with { Amount = 10_000 };
        await using var fleet = Start(limit);
        LeaseBook[] books = [fleet.Add(), fleet.Add(), fleet.Add()];
        for (var round = 0; round < 27; round++)
        {
            foreach (var book in books)
            {
                (await fleet.CallAsync(book)).Settle(100, 0);
            }
            await fleet.PassAsync(ScopeBook.ToldEvery);
        }
        Assert.Equal([50, 80], fleet.Log.Collector.GetSnapshot().Select(line => int.Parse(line.GetStructuredStateValue("Percent")!, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Claim_ManyAtOnce_OneLeaseIsTakenOnce()
    {
        await using var fleet = Start(Month);
        await fleet.CallAsync(fleet.Add());
        await fleet.StateAsync();
        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => fleet.Slots.ClaimAsync(fleet.Terms, fleet.Time.GetUtcNow())));
        Assert.Single(claims, claim => claim is not null);
    }

    [Fact]
    public async Task Claim_ByAnInstanceThatDies_IsFound_Lost_AndComesBack()
    {
        await using var fleet = Start(Month);
        var living = fleet.Add();
        (await fleet.CallAsync(living)).Settle(50, 0);
        await fleet.StateAsync();
        Assert.NotNull(await fleet.Slots.ClaimAsync(fleet.Terms, fleet.Time.GetUtcNow()));

        // Another that finds none waiting makes the entity look.
        await fleet.CallAsync(fleet.Add());
        Assert.Equal(3, (await fleet.StateAsync()).Leases.Count);
        await fleet.PassAsync(BudgetState.LeaseLife * 2);
        var state = await fleet.StateAsync();
        Assert.Equal((1, 0), (state.Leases.Count, state.Lost.Count));
        // What was spent, the call that goes on, and hardly anything ahead of others.
        Assert.InRange(await fleet.UsedAsync(Month) - await WaitingAsync(fleet), 150, 250);
    }

    [Fact]
    public async Task Call_NeedsWhatWaits_HasItWithdrawn()
    {
        var small = Month with { Amount = 1_000 };
        await using var fleet = Start(small);
        var first = fleet.Add();
        (await fleet.CallAsync(first, output: 20)).Settle(30, 0);
        var waiting = (await fleet.StateAsync()).Minted.Values.Sum(minted => minted.Grants.Sum(grant => grant.Amount));
        Assert.InRange(waiting, 1, 100);

        Assert.Equal(950, (await fleet.CallAsync(first, output: 950)).OutputTokens);
        Assert.Empty((await fleet.StateAsync()).Minted);
        Assert.False(Assert.Single(await fleet.Slots.ReadAsync(Fleet.Scope)).IsFree);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Calls_OfFourInstances_WithTrouble_SpendNoMoreThanThereIs_AndAllOfItIsKnown(int seed)
    {
        var limit = Month with { Amount = 20_000 };
        long spent = 0;
        await using (var fleet = new Fleet(azurite, [limit], seed))
        {
            var instances = Enumerable.Range(0, 4).Select(_ => fleet.Add()).ToArray();
            await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(() => CallUntilRefusedAsync(fleet, instances[caller % 4], new Random((seed * 100) + caller)))));
            Assert.InRange(spent, 1, limit.Amount);
            Assert.InRange(await fleet.UsedAsync(limit), spent, limit.Amount);
            foreach (var instance in instances)
            {
                await instance.DisposeAsync();
            }
            var state = await fleet.StateAsync();
            Assert.Equal((0, 0), (state.Leases.Count, state.Lost.Count));
            Assert.Equal(spent, await fleet.UsedAsync(limit) - state.Minted.Values.Sum(minted => minted.Grants.Sum(grant => grant.Amount)));
        }

        async Task CallUntilRefusedAsync(Fleet fleet, LeaseBook instance, Random random)
        {
            for (var calls = 0; calls < 200; calls++)
            {
                try
                {
                    var held = await fleet.CallAsync(instance, 1 + random.Next(200));
                    await Task.Yield();
                    var used = random.NextInt64(held.Bound.AmountOf(LimitUnit.Tokens) + 1);
                    held.Settle(used, 0);
                    Interlocked.Add(ref spent, used);
                }
                catch (BudgetRefusedException)
                {
                    return;
                }
            }
        }
    }

    [Fact]
    public async Task Call_EntityOutOfReachAndNothingHeld_IsUnavailable_OrUnchecked_AndChargedLater()
    {
        await using var fleet = Start(Month);
        var instance = fleet.Add();
        fleet.Entities.IsDown = true;
        await Assert.ThrowsAsync<BudgetUnavailableException>(async () => await fleet.CallAsync(instance));
        var unchecked_ = instance.ReserveUnchecked(fleet.Scopes, new CallBound(10, 90, 1, 0, 0));
        Assert.True(unchecked_.IsUnchecked);
        unchecked_.Settle(77, 0);

        fleet.Entities.IsDown = false;
        await fleet.PassAsync(TimeSpan.FromSeconds(60));
        var state = await fleet.StateAsync();
        Assert.Equal(77, await fleet.UsedAsync(Month) - state.Minted.Values.Sum(minted => minted.Grants.Sum(grant => grant.Amount)));
    }

    [Fact]
    public async Task Calls_LeaseCoversThem_NeedNoEntity_AndIsRenewedBeforeItRunsOut()
    {
        await using var fleet = Start(Month with { Amount = 10_000_000 }, Minute with { Amount = 1_000_000 });
        var instance = fleet.Add();
        (await fleet.CallAsync(instance)).Settle(100, 0);
        await fleet.StateAsync();
        // Fifty calls a second for two minutes.
        var before = fleet.Entities.Operations;
        var waits = 0;
        for (var second = 0; second < 120; second++)
        {
            for (var call = 0; call < 50; call++)
            {
                var reservation = fleet.CallAsync(instance);
                waits += reservation.IsCompleted ? 0 : 1;
                (await reservation).Settle(100, 0);
            }
            await fleet.PassAsync(TimeSpan.FromSeconds(1));
        }
        var operations = fleet.Entities.Operations - before;
        Assert.InRange(operations, 1, 6_000 / 1_000 * 5);
        Assert.InRange(waits, 0, 10);
    }

    [Fact]
    public async Task Minute_Begins_IsHeldAlready()
    {
        await using var fleet = Start(Minute);
        var instance = fleet.Add();
        (await fleet.CallAsync(instance)).Settle(0, 0);
        while (fleet.Time.GetUtcNow().Minute == Some.Now.Minute)
        {
            await fleet.PassAsync(TimeSpan.FromSeconds(5));
            fleet.Entities.IsDown = fleet.Time.GetUtcNow().Minute != Some.Now.Minute;
            (await fleet.CallAsync(instance)).Settle(0, 0);
        }
    }

    [Theory]
    [InlineData(200_000, 200_000)]
    [InlineData(60, 60)]
    public async Task Limit_Changes_TakesEffectWithTheNextCall(long amount, long most)
    {
        await using var fleet = Start(Month);
        var instance = fleet.Add();
        (await fleet.CallAsync(instance)).Settle(10, 0);
        fleet.Limits([Month with { Amount = amount }], version: 1);
        (await fleet.CallAsync(instance, output: 5)).Settle(15, 0);
        Assert.InRange(await fleet.UsedAsync(Month), 25, most);
        Assert.Equal(amount, (await fleet.StateAsync()).Amounts.Values.Single());
    }

    [Fact]
    public async Task Instance_Dies_WhatItsRowsSayIsSpent_TheRestIsBackWithinALeasesLife()
    {
        await using var fleet = Start(Month);
        var dying = fleet.Add();
        (await fleet.CallAsync(dying)).Settle(40, 0);
        await fleet.CallAsync(dying);
        var lease = dying.Find(fleet.Terms).LeaseId!;
        fleet.Ledger.Add(lease, new LeaseUse(fleet.Time.GetUtcNow(), IsOpen: false, 40, 0));
        fleet.Ledger.Add(lease, new LeaseUse(fleet.Time.GetUtcNow(), IsOpen: true, 100, 0));
        var held = await fleet.UsedAsync(Month) - await WaitingAsync(fleet);
        Assert.True(held > 140);

        fleet.Ledger.IsDown = true;
        await fleet.PassAsync(BudgetState.LeaseLife, dead: dying);
        Assert.Equal(held, await fleet.UsedAsync(Month) - await WaitingAsync(fleet));
        fleet.Ledger.IsDown = false;
        await fleet.PassAsync(TimeSpan.FromSeconds(30), dead: dying);
        Assert.Equal(140, await fleet.UsedAsync(Month) - await WaitingAsync(fleet));

        fleet.Ledger.Clear();
        fleet.Ledger.Add(lease, new LeaseUse(fleet.Time.GetUtcNow().AddSeconds(-30), IsOpen: false, 40, 0));
        fleet.Ledger.Add(lease, new LeaseUse(fleet.Time.GetUtcNow().AddSeconds(-30), IsOpen: false, 100, 0));
        await fleet.PassAsync(TimeSpan.FromSeconds(30), dead: dying);
        Assert.Equal(140, await fleet.UsedAsync(Month) - await WaitingAsync(fleet));
        Assert.Empty((await fleet.StateAsync()).Lost);
    }

    [Fact]
    public async Task Instance_Ends_GivesBackAtOnce()
    {
        await using var fleet = Start(Month);
        var instance = fleet.Add();
        (await fleet.CallAsync(instance)).Settle(40, 0);
        await instance.DisposeAsync();
        Assert.Equal(40, await fleet.UsedAsync(Month) - await WaitingAsync(fleet));
    }

    [Fact]
    public async Task Lease_LastsLong_IsReplaced_AndCallsGoOn()
    {
        await using var fleet = Start(Month);
        var instance = fleet.Add();
        (await fleet.CallAsync(instance)).Settle(1, 0);
        var first = instance.Find(fleet.Terms).LeaseId;
        var calls = 1;
        for (var passed = TimeSpan.Zero; passed < ScopeBook.MostAge + (ScopeBook.ToldEvery * 2); passed += TimeSpan.FromSeconds(5))
        {
            (await fleet.CallAsync(instance)).Settle(1, 0);
            calls++;
            await fleet.PassAsync(TimeSpan.FromSeconds(5));
        }
        Assert.NotEqual(first, instance.Find(fleet.Terms).LeaseId);
        Assert.Single((await fleet.StateAsync()).Leases);
        await instance.DisposeAsync();
        Assert.Equal(calls, await fleet.UsedAsync(Month) - await WaitingAsync(fleet));
    }

    [Fact]
    public async Task Call_EachInstanceHoldsTooLittle_IsGivenUp_SoThatAnotherGetsIt()
    {
        await using var fleet = Start(Month with { Amount = 1_000 });
        LeaseBook[] books = [fleet.Add(), fleet.Add()];
        foreach (var book in books)
        {
            (await fleet.CallAsync(book)).Settle(0, 0);
        }
        // More than either holds with what is left; they try by turns, as callers do that are told to come again in a second.
        for (var turn = 0; turn < 8; turn++)
        {
            try
            {
                var got = await books[turn % 2].ReserveAsync(fleet.Scopes, new CallBound(800, 10, 1, 0, 0), CancellationToken.None);
                Assert.Equal(810, got.Bound.AmountOf(LimitUnit.Tokens));
                return;
            }
            catch (BudgetRefusedException refused) when (refused.RetryAfter is not null)
            {
                await fleet.PassAsync(TimeSpan.FromSeconds(1));
            }
        }
        Assert.Fail("What each instance holds is too little for a call, and stays there.");
    }

    [Fact]
    public async Task Exhausted_RefusesWithoutAskingEachTime()
    {
        await using var fleet = Start(Month with { Amount = 100 });
        var instance = fleet.Add();
        (await fleet.CallAsync(instance)).Settle(100, 0);
        await Assert.ThrowsAsync<BudgetRefusedException>(async () => await fleet.CallAsync(instance));
        await fleet.StateAsync();
        var before = fleet.Entities.Operations;
        for (var call = 0; call < 100; call++)
        {
            await Assert.ThrowsAsync<BudgetRefusedException>(async () => await fleet.CallAsync(instance));
        }
        Assert.InRange(fleet.Entities.Operations - before, 0, 1);
    }

    private static async Task<long> WaitingAsync(Fleet fleet) => (await fleet.StateAsync()).Minted.Values.Sum(minted => minted.Grants.Sum(grant => grant.Amount));

    private Fleet Start(params Limit[] limits) => new(azurite, limits);
}
