using System.Text.Json;
using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Budgets;

public sealed class BudgetThresholdTests
{
    private static readonly LimitKey Tokens = new(LimitUnit.Tokens, LimitWindow.Hour);

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 30, 0, TimeSpan.Zero);

    private static readonly BudgetWindow Hour = new(Now.AddMinutes(-30), Now.AddMinutes(30));

    private static readonly BudgetWindow Always = new(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);

    private readonly Dictionary<string, long> sequences = [];
    private BudgetState state = new();
    private DateTimeOffset now = Now;
    private ScopeTerms terms = Terms(1000);

    [Fact]
    public void Apply_EachStep_IsRaisedOnce()
    {
        Assert.Empty(Spend("a", 499));
        Assert.Equal([new ThresholdCrossing(Tokens, Hour, 50, 500, 1000)], Spend("a", 500));
        Assert.Empty(Spend("a", 799));
        Assert.Equal(80, Step(Spend("a", 800)));
        Assert.Empty(Spend("a", 999));
        Assert.Equal(100, Step(Spend("a", 1000)));
        Assert.Empty(Spend("a", 1000));
    }

    [Fact]
    public void Apply_NothingReached_GivesTheSameEmptyList() => Assert.Same(Spend("a", 1), Spend("a", 2));

    [Fact]
    public void Apply_SeveralStepsAtOnce_RaisesTheHighest()
    {
        Assert.Empty(Spend("a", 400));
        Assert.Equal(80, Step(Spend("a", 850)));
        Assert.Empty(Spend("a", 860));
    }

    [Fact]
    public void Apply_BeyondTheAmount_RaisesNothingMore()
    {
        Assert.Equal([new ThresholdCrossing(Tokens, Hour, 100, 1300, 1000)], Spend("a", 1300));
        Assert.Empty(Spend("a", 5000));
    }

    [Fact]
    public void Apply_SeveralLeases_CountTogether_EndedOnesToo()
    {
        Assert.Empty(Spend("a", 300));
        state.Apply(Report("a", 300) with { Ends = true }, now);
        Assert.Empty(Spend("b", 100));
        Assert.Equal(50, Step(Spend("c", 100)));
    }

    [Fact]
    public void Apply_DoubledOrOvertaken_RaisesNothing()
    {
        var early = Report("a", 500);
        var late = Report("a", 800);
        Assert.Equal(80, Step(state.Apply(late, now)));
        Assert.Empty(state.Apply(late, now));
        Assert.Empty(state.Apply(early, now));
        state.Apply(Report("a", 800) with { Ends = true }, now);
        Assert.Empty(state.Apply(late, now));
    }

    [Fact]
    public void Apply_NextWindow_BeginsAnew()
    {
        Assert.Equal(50, Step(Spend("a", 500)));
        now = Hour.End.AddMinutes(1);
        var next = new BudgetWindow(Hour.End, Hour.End.AddHours(1));
        Assert.Equal([new ThresholdCrossing(Tokens, next, 50, 600, 1000)], Tell("b", new LeaseLine(Tokens, next, 600, 600, 600)));
        Assert.Equal(2, state.Raised.Count);
    }

    [Fact]
    public void Apply_WindowThatIsOver_IsForgotten_AndNotRaisedAgain()
    {
        Assert.Equal(50, Step(Spend("a", 500)));
        now = Hour.End.AddMinutes(1);
        Assert.Equal(80, Step(Spend("a", 800)));
        now = Hour.End.AddMinutes(6);
        // A call of that hour goes on still.
        Assert.Empty(Spend("a", 1000));
        Assert.Empty(state.Raised);
    }

    [Fact]
    public void Apply_AmountRaised_CanBeReachedAgain()
    {
        Assert.Equal(80, Step(Spend("a", 900)));
        terms = Terms(1500, 1);
        Assert.Empty(Spend("a", 900));
        Assert.Equal([new ThresholdCrossing(Tokens, Hour, 80, 1200, 1500)], Spend("a", 1200));
        terms = Terms(10_000, 2);
        Assert.Empty(Spend("a", 1200));
        Assert.Equal(50, Step(Spend("a", 5000)));
    }

    [Fact]
    public void Apply_AmountCut_RaisesWhatIsReachedByThat_AndNothingLower()
    {
        Assert.Equal(50, Step(Spend("a", 500)));
        terms = Terms(900, 1);
        Assert.Empty(Spend("a", 500));
        terms = Terms(400, 2);
        Assert.Equal([new ThresholdCrossing(Tokens, Hour, 100, 500, 400)], Spend("a", 500));
    }

    [Fact]
    public void Apply_AmountCut_ToldByALeaseThatSpentNothing_RaisesWhatOthersSpent()
    {
        Assert.Empty(Spend("a", 450));
        terms = Terms(500, 1);
        Assert.Equal(80, Step(Spend("b", 0)));
    }

    [Fact]
    public void Apply_AmountCut_ToldByALeaseWithoutThatLimit_RaisesWhatOthersSpent()
    {
        Assert.Empty(Spend("a", 450));
        terms = Terms(500, 1);
        Assert.Equal([new ThresholdCrossing(Tokens, Hour, 80, 450, 500)], state.Apply(new LeaseReport("b", 1, now, terms, Yields: false, Ends: false, []), now));
        Assert.Empty(Spend("a", 450));
    }

    [Fact]
    public void Apply_AmountThatWasThereBefore_IsNotRaisedTwice()
    {
        Assert.Equal(80, Step(Spend("a", 800)));
        terms = Terms(2000, 1);
        Assert.Empty(Spend("a", 800));
        terms = Terms(1000, 2);
        Assert.Empty(Spend("a", 900));
        Assert.Equal(100, Step(Spend("a", 1000)));
    }

    [Fact]
    public void Apply_ManyAmounts_AreNotAllRemembered()
    {
        for (var version = 1; version <= 100; version++)
        {
            terms = Terms(1000 * version, version);
            Spend("a", 500 * version);
        }
        Assert.InRange(state.Raised.Count, 1, 8);
        Assert.Equal((100_000, 50), (state.Raised[^1].Amount, state.Raised[^1].Percent));
    }

    [Fact]
    public void Apply_Refused_Raises100_Once()
    {
        Assert.Equal(80, Step(Spend("a", 990)));
        Assert.Equal([new ThresholdCrossing(Tokens, Hour, 100, 990, 1000)], Spend("a", 990, refused: true));
        Assert.Empty(Spend("a", 990, refused: true));
        Assert.Empty(Spend("b", 10, refused: true));
    }

    [Fact]
    public void Apply_RefusedWithNoAmount_Raises100_Once()
    {
        terms = Terms(0);
        Assert.Empty(Spend("a", 0));
        Assert.Equal([new ThresholdCrossing(Tokens, Hour, 100, 0, 0)], Spend("a", 0, refused: true));
        Assert.Empty(Spend("b", 0, refused: true));
    }

    [Fact]
    public void Apply_RefusedUnderAnotherAmount_RaisesNothing()
    {
        terms = Terms(2000, 1);
        Assert.Equal(50, Step(Spend("a", 1100)));
        terms = Terms(1110);
        Assert.Empty(Spend("b", 0, refused: true));
    }

    [Fact]
    public void Apply_RefusedUnderOlderTermsOfTheSameAmount_Raises100()
    {
        terms = Terms(1000, 1);
        Assert.Empty(Spend("a", 10));
        terms = Terms(1000);
        Assert.Equal(100, Step(Spend("b", 0, refused: true)));
    }

    [Theory]
    [InlineData(nameof(LimitUnit.Tokens), nameof(LimitWindow.Minute))]
    [InlineData(nameof(LimitUnit.Requests), nameof(LimitWindow.Minute))]
    [InlineData(nameof(LimitUnit.Concurrency), nameof(LimitWindow.Total))]
    public void Apply_Rate_RaisesNothing(string unit, string window) => Assert.Empty(Raise(unit, window));

    [Theory]
    [InlineData(nameof(LimitUnit.Tokens), nameof(LimitWindow.Hour))]
    [InlineData(nameof(LimitUnit.Requests), nameof(LimitWindow.Day))]
    [InlineData(nameof(LimitUnit.MicroUsd), nameof(LimitWindow.Month))]
    [InlineData(nameof(LimitUnit.Tokens), nameof(LimitWindow.Total))]
    public void Apply_Budget_RaisesItsSteps(string unit, string window) => Assert.Equal(100, Step(Raise(unit, window)));

    [Fact]
    public void Apply_LargestAmount_IsCountedExactly()
    {
        terms = Terms(long.MaxValue / 1024);
        Assert.Empty(Spend("a", (long.MaxValue / 1024 / 2) - 1));
        Assert.Equal(50, Step(Spend("a", (long.MaxValue / 1024 / 2) + 1)));
        Assert.Equal(100, Step(Spend("a", long.MaxValue / 2)));
    }

    [Fact]
    public void Expire_LostLease_CountsWithWhatItSaid()
    {
        Tell("a", new LeaseLine(Tokens, Hour, 400, 400, 1000));
        now += BudgetState.LeaseLife;
        Assert.Empty(Spend("b", 0));
        Assert.Equal(50, Step(Spend("a", 600)));
    }

    [Fact]
    public void Reconcile_LostLease_RaisesWhatTheLedgerSays()
    {
        Tell("a", new LeaseLine(Tokens, Hour, 100, 100, 1000));
        now += BudgetState.LeaseLife;
        state.Expire(now);
        Assert.Equal(50, Step(state.Reconcile("a", [new LeaseUse(Now, IsOpen: false, 600, 0), new LeaseUse(Now, IsOpen: true, 300, 0)], now)));
        Assert.Equal(80, Step(state.Reconcile("a", [new LeaseUse(Now, IsOpen: false, 600, 0), new LeaseUse(Now, IsOpen: false, 300, 0)], now)));
        Assert.Empty(state.Reconcile("a", [], now));
    }

    [Fact]
    public void State_StoredAndReadAgain_RaisesNothingTwice()
    {
        Spend("a", 700);
        terms = Terms(1200, 1);
        Spend("a", 700);
        var raised = state.Raised.ToArray();
        state = JsonSerializer.Deserialize<BudgetState>(JsonSerializer.Serialize(state))!;
        Assert.Equal(raised, state.Raised);
        Assert.Empty(Spend("a", 700));
        Assert.Equal(80, Step(Spend("a", 960)));
    }

    [Fact]
    public void State_StoredBeforeThereWereThresholds_IsRead()
    {
        Spend("a", 400);
        var stored = JsonSerializer.SerializeToNode(state)!.AsObject();
        Assert.True(stored.Remove(nameof(BudgetState.Raised)));
        state = stored.Deserialize<BudgetState>()!;
        Assert.Equal(50, Step(Spend("a", 500)));
    }

    private static int Step(IReadOnlyList<ThresholdCrossing> crossed) => Assert.Single(crossed).Percent;

    private static ScopeTerms Terms(long amount, long version = 0) => new(version, new Dictionary<LimitKey, long> { [Tokens] = amount });

    private IReadOnlyList<ThresholdCrossing> Raise(string unit, string window)
    {
        var limit = new LimitKey(Enum.Parse<LimitUnit>(unit), Enum.Parse<LimitWindow>(window));
        terms = new ScopeTerms(0, new Dictionary<LimitKey, long> { [limit] = 10 });
        return Tell("a", new LeaseLine(limit, Always, 10, 10, 10, Refused: true));
    }

    private IReadOnlyList<ThresholdCrossing> Spend(string lease, long spent, bool refused = false) => state.Apply(Report(lease, spent, refused), now);

    private LeaseReport Report(string lease, long spent, bool refused = false) => Report(lease, new LeaseLine(Tokens, Hour, spent, spent, spent, refused));

    private LeaseReport Report(string lease, LeaseLine line) =>
        new(lease, sequences[lease] = sequences.GetValueOrDefault(lease) + 1, now, terms, Yields: false, Ends: false, [line]);

    private IReadOnlyList<ThresholdCrossing> Tell(string lease, LeaseLine line) => state.Apply(Report(lease, line), now);
}
