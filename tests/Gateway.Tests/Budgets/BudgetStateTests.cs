using Tollgate.Admission;
using Tollgate.Budgets;
using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Budgets;

public sealed class BudgetStateTests
{
    private static readonly LimitKey Tokens = new(LimitUnit.Tokens, LimitWindow.Minute);

    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 30, TimeSpan.Zero);

    private static readonly BudgetWindow Minute = new(Now.AddSeconds(-30), Now.AddSeconds(30));

    private readonly BudgetState state = new();

    [Fact]
    public void Apply_OneLease_IsGrantedAllItWants()
    {
        Tell("a", 0, spent: 0, wanted: 5000);
        Assert.Equal((1000, 0), (Granted("a"), state.Available(Tokens, Minute)));
    }

    [Fact]
    public void Apply_SeveralLeases_ShareWhatIsLeft()
    {
        Tell("a", 0, spent: 0, wanted: 400);
        Tell("b", 0, spent: 0, wanted: 5000);
        Assert.Equal((400, 300), (Granted("a"), Granted("b")));
    }

    [Theory]
    [InlineData(-66, 0)]
    [InlineData(-64, 1000)]
    [InlineData(30, 1000)]
    [InlineData(31, 0)]
    public void Apply_WindowThatIsNotNow_GetsNothing(int startsIn, long granted)
    {
        var window = new BudgetWindow(Now.AddSeconds(startsIn), Now.AddSeconds(startsIn + 60));
        state.Apply(Report("a", 0, Terms(1000), false, new LeaseLine(Tokens, window, 0, 0, 5000)), Now);
        Assert.Equal(granted, state.View("a").Lines.Sum(line => line.Granted));
    }

    [Fact]
    public void Apply_OlderMessage_ChangesNothing()
    {
        Tell("a", 0, spent: 0, wanted: 100);
        Tell("a", 2, spent: 40, wanted: 60);
        Tell("a", 1, spent: 10, wanted: 900);
        Tell("a", 2, spent: 40, wanted: 900);
        Assert.Equal(60, Granted("a"));
    }

    [Fact]
    public void Apply_LastMessage_LeavesWhatWasSpent()
    {
        Tell("a", 0, spent: 70, wanted: 100);
        End("a", 1, spent: 90);
        Assert.Equal(910, state.Available(Tokens, Minute));
        Assert.Equal(LeaseView.Ended, state.View("a"));
        End("a", 1, spent: 90);
        Assert.Equal(910, state.Available(Tokens, Minute));
    }

    [Fact]
    public void Apply_MessageOfALeaseThatHasEnded_IsAGhost()
    {
        End("a", 1, spent: 0);
        Tell("a", 0, spent: 0, wanted: 100);
        Assert.Empty(state.Leases);
    }

    [Fact]
    public void Apply_FirstMessageOfLongAgo_IsAGhost()
    {
        state.Apply(Report("a", 0, Terms(1000), false, Line(0, 100)) with { SentAt = Now - BudgetState.OldestFirstMessage - TimeSpan.FromSeconds(1) }, Now);
        Assert.Empty(state.Leases);
    }

    [Fact]
    public void Expire_UnheardLease_CountsAllItWasGranted()
    {
        Tell("a", 0, spent: 10, wanted: 400);
        state.Expire(Now + BudgetState.LeaseLife - TimeSpan.FromTicks(1));
        Assert.False(state.View("a").Lost);
        state.Expire(Now + BudgetState.LeaseLife);
        Assert.True(state.View("a").Lost);
        Assert.Equal(600, state.Available(Tokens, Minute));
        Assert.Null(state.NextExpiry);
    }

    [Fact]
    public void Apply_LostLeaseThatLives_GivesBackAndGetsNothing()
    {
        Tell("a", 0, spent: 10, wanted: 400);
        var later = Now + BudgetState.LeaseLife;
        state.Expire(later);
        state.Apply(Report("a", 1, Terms(1000), true, new LeaseLine(Tokens, Minute, 60, 60, 900)), later);
        Assert.Equal(600, state.Available(Tokens, Minute));
        state.Apply(Report("a", 2, Terms(1000), true, new LeaseLine(Tokens, Minute, 60, 60, 60)), later);
        Assert.Equal(940, state.Available(Tokens, Minute));
        state.Apply(Report("a", 3, Terms(1000), true, Line(60, 60)) with { Ends = true }, later);
        Assert.Empty(state.Lost);
        Assert.Equal(940, state.Available(Tokens, Minute));
    }

    [Theory]
    [InlineData(true, 250)]
    [InlineData(false, 100)]
    public void Reconcile_LostLease_CountsWhatTheLedgerSays_ButNoLessThanItSaid(bool told, long spent)
    {
        Tell("a", 0, spent: 100, wanted: 400);
        state.Expire(Now + BudgetState.LeaseLife);
        LeaseUse[] rows = [new(Now, IsOpen: false, 150, 0), new(Now, IsOpen: false, 100, 0), new(Minute.End, IsOpen: false, 5, 0)];
        state.Reconcile("a", told ? rows : [], Now + BudgetState.LeaseLife);
        Assert.Equal(1000 - spent, state.Available(Tokens, Minute));
        state.Reconcile("a", [new LeaseUse(Now, IsOpen: false, 900, 0)], Now + BudgetState.LeaseLife);
        Assert.Equal(1000 - spent, state.Available(Tokens, Minute));
        Assert.Empty(state.Lost);
    }

    [Fact]
    public void Reconcile_RowsStillOpen_StayGranted_UntilTheLongestCallIsOver()
    {
        Tell("a", 0, spent: 0, wanted: 400);
        var lost = Now + BudgetState.LeaseLife;
        state.Expire(lost);
        LeaseUse[] rows = [new(Now, IsOpen: false, 50, 0), new(Now, IsOpen: true, 120, 0)];
        state.Reconcile("a", rows, lost);
        Assert.Equal((830, 1), (state.Available(Tokens, Minute), state.Lost.Count));
        state.Apply(Report("a", 1, Terms(1000), true, Line(90, 90)) with { Ends = true }, lost);
        Assert.Equal((910, 0), (state.Available(Tokens, Minute), state.Lost.Count));
    }

    [Fact]
    public void Reconcile_RowsThatNobodyCloses_CountWithTheirBounds()
    {
        var always = new BudgetWindow(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        var total = new LimitKey(LimitUnit.Tokens, LimitWindow.Total);
        state.Apply(Report("a", 0, new ScopeTerms(0, new Dictionary<LimitKey, long> { [total] = 1000 }), false, new LeaseLine(total, always, 0, 0, 400)), Now);
        var late = Now + BudgetState.LeaseLife + BudgetState.LongestCall + TimeSpan.FromSeconds(1);
        state.Expire(late);
        state.Reconcile("a", [new LeaseUse(Now, IsOpen: true, 120, 0)], late);
        Assert.Equal((880, 0), (state.Available(total, always), state.Lost.Count));
    }

    [Theory]
    [InlineData(false, 800)]
    [InlineData(true, 500)]
    public void Apply_AmountCut_TakesBackFromOneThatYields_DownToItsCalls(bool yields, long granted)
    {
        Tell("a", 0, spent: 0, wanted: 800);
        state.Apply(Report("a", 1, Terms(100, version: 1), yields, new LeaseLine(Tokens, Minute, 200, 500, 800)), Now);
        Assert.Equal(granted, Granted("a"));
    }

    [Fact]
    public void Apply_OlderTerms_AreIgnored()
    {
        state.Apply(Report("a", 0, Terms(100, version: 5), false, Line(0, 50)), Now);
        state.Apply(Report("b", 0, Terms(9000, version: 4), false, Line(0, 9000)), Now);
        Assert.Equal(100, state.Amounts[Tokens]);
    }

    [Fact]
    public void Apply_SpentBeyondTheGrant_IsCharged()
    {
        Tell("a", 0, spent: 0, wanted: 300);
        Tell("a", 1, spent: 350, wanted: 350);
        Assert.Equal((350, 650), (Granted("a"), state.Available(Tokens, Minute)));
    }

    private static ScopeTerms Terms(long amount, long version = 0) => new(version, new Dictionary<LimitKey, long> { [Tokens] = amount });

    private static LeaseLine Line(long spent, long wanted) => new(Tokens, Minute, spent, spent, wanted);

    private static LeaseReport Report(string lease, long sequence, ScopeTerms terms, bool yields, params LeaseLine[] lines) => new(lease, sequence, Now, terms, yields, Ends: false, lines);

    private void Tell(string lease, long sequence, long spent, long wanted) => state.Apply(Report(lease, sequence, Terms(1000), yields: false, Line(spent, wanted)), Now);

    private void End(string lease, long sequence, long spent) => state.Apply(Report(lease, sequence, Terms(1000), yields: true, Line(spent, spent)) with { Ends = true }, Now);

    private long Granted(string lease) => state.View(lease).Lines.Single().Granted;
}
