using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;

namespace Tollgate.Gateway.Tests.Budgets;

public sealed class HeldLeaseTests
{
    private static readonly LimitKey Tokens = new(LimitUnit.Tokens, LimitWindow.Total);

    private static readonly BudgetWindow Always = new(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);

    private static readonly ScopeTerms Terms = new(0, new Dictionary<LimitKey, long> { [Tokens] = 1000 });

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly HeldLine line = new(Tokens, Always);
    private readonly HeldLease lease;

    public HeldLeaseTests()
    {
        lease = new HeldLease("l", BudgetState.LeaseLife, time);
        lease.Lines.Add(line);
    }

    [Fact]
    public void Free_BeforeAnAnswer_IsNothing()
    {
        lease.Report(Terms, _ => 100);
        Assert.Equal((0, false), (line.Free, lease.IsGood));
    }

    [Fact]
    public void Free_WhileLessIsOnItsWay_IsTheLess()
    {
        Granted(100);
        lease.Report(Terms, _ => 40);
        Assert.Equal(40, line.Free);
        lease.Absorb(View(0, 100));
        Assert.Equal(40, line.Free);
        lease.Absorb(View(1, 40));
        Assert.Equal(40, line.Free);
    }

    [Fact]
    public void Absorb_OlderStateThanOneSeen_IsIgnored()
    {
        Granted(100);
        lease.Report(Terms, _ => 40);
        lease.Absorb(View(1, 40));
        lease.Absorb(View(0, 100));
        Assert.Equal(40, line.Free);
    }

    [Fact]
    public void IsGood_ALifeAfterSendingWhatWasHeard_IsOver()
    {
        lease.Report(Terms, _ => 100);
        time.Advance(TimeSpan.FromSeconds(20));
        lease.Absorb(View(0, 100));
        Assert.True(lease.IsGood);
        time.Advance(BudgetState.LeaseLife - BudgetState.Skew - TimeSpan.FromSeconds(20));
        Assert.False(lease.IsGood);
    }

    [Fact]
    public void Suspend_UntilALaterMessageIsHeard_HoldsBack_AndYields()
    {
        Granted(100);
        lease.Report(Terms, _ => 100);
        lease.Suspend();
        lease.Absorb(View(1, 100));
        Assert.False(lease.IsGood);
        Assert.True(lease.Report(Terms, _ => 100).Yields);
        lease.Absorb(View(2, 60));
        Assert.True(lease.IsGood);
        Assert.Equal(60, line.Free);
    }

    [Fact]
    public void Suspend_SeveralMessagesOnTheirWay_WaitsForTheLast()
    {
        Granted(100);
        lease.Suspend();
        lease.Report(Terms, _ => 100);
        lease.Report(Terms, _ => 100);
        lease.Absorb(View(1, 100));
        Assert.False(lease.IsGood);
        lease.Absorb(View(2, 100));
        Assert.True(lease.IsGood);
    }

    [Fact]
    public void Report_BeforeAnythingWasHeard_DoesNotYield() => Assert.False(lease.Report(Terms, _ => 100).Yields);

    [Fact]
    public void Report_CommittedAndWanted_CoverCallsUnderWay()
    {
        Granted(100);
        line.Reserved = 30;
        line.Spent = 50;
        Assert.Equal(new LeaseLine(Tokens, Always, Spent: 50, Committed: 80, Wanted: 80), Assert.Single(lease.Report(Terms, _ => 0).Lines));
    }

    [Fact]
    public void Report_LostAndNothingUnderWay_IsTheLast()
    {
        Granted(100);
        (line.Spent, line.Reserved) = (50, 20);
        lease.Lose();
        Assert.True(lease.HasNews);
        Assert.True(lease.Report(Terms, _ => 100) is { Ends: false, Lines: [{ Spent: 50, Wanted: 70 }] });
        Assert.False(lease.HasNews);
        (line.Spent, line.Reserved) = (65, 0);
        Assert.True(lease.HasNews);
        Assert.True(lease.Report(Terms, _ => 100) is { Ends: true, Yields: true, Lines: [{ Spent: 65, Wanted: 65 }] });
        Assert.False(lease.HasNews || lease.IsEnded);
        lease.Absorb(LeaseView.Ended);
        Assert.True(lease.IsEnded);
    }

    [Fact]
    public void Take_IsGoodFromTheMomentTheTakingBegan()
    {
        var began = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(lease.IsUnknown);
        line.Granted = 100;
        lease.Take(began);
        Assert.Equal((true, false, 100), (lease.IsGood, lease.IsUnknown, line.Free));
        time.Advance(BudgetState.LeaseLife - BudgetState.Skew - TimeSpan.FromSeconds(20));
        Assert.False(lease.IsGood);
    }

    [Fact]
    public void Absorb_ForgottenByTheAuthority_IsLost()
    {
        lease.Absorb(LeaseView.None);
        Assert.False(lease.IsLost);
        Granted(100);
        lease.Absorb(LeaseView.None);
        Assert.True(lease.IsLost && lease.IsEnded);
    }

    private static LeaseView View(long sequence, long granted) => new(sequence, Lost: false, [new GrantView(Tokens, Always, granted, 0, 0)]);

    private void Granted(long amount)
    {
        lease.Report(Terms, _ => amount);
        lease.Absorb(View(0, amount));
    }
}
