using Microsoft.Extensions.Time.Testing;
using Tollgate.Admission;
using Tollgate.Budgets;

namespace Tollgate.Gateway.Tests.Budgets;

public sealed class ScopeBookTests
{
    private static readonly LimitKey Tokens = new(LimitUnit.Tokens, LimitWindow.Day);

    private static readonly LimitKey Rate = new(LimitUnit.Tokens, LimitWindow.Minute);

    private static readonly CallBound Small = new(100, 100, 1, 0, 0);

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly ScopeBook book;

    public ScopeBookTests()
    {
        book = new ScopeBook(Scope(1000, 0), "b", isShared: true, time);
        book.Roll(time.GetUtcNow());
    }

    [Fact]
    public void NoteRefused_TooLittleWithAllThatOthersHold_IsToldWithEveryMessageFromThen()
    {
        Answer(granted: 50, left: 50, heldByOthers: 99);
        book.NoteRefused(Tokens, Small);
        Assert.Equal([true, false], Told());
        Assert.Equal([true, false], Told());
    }

    [Theory]
    [InlineData(50, 50, 100)]
    [InlineData(200, 0, 0)]
    public void NoteRefused_WhereOthersOrCallsUnderWayMayGiveBack_TellsNothing(long granted, long left, long heldByOthers)
    {
        Answer(granted, left, heldByOthers);
        book.NoteRefused(Tokens, Small);
        Assert.Equal([false, false], Told());
    }

    [Fact]
    public void NoteRefused_BeforeTheAuthorityHasSaidAnything_TellsNothing()
    {
        book.NoteRefused(Tokens, Small);
        Assert.Equal([false, false], Told());
    }

    [Fact]
    public void NoteRefused_Rate_TellsNothing()
    {
        Answer(granted: 0, left: 0, heldByOthers: 0);
        book.NoteRefused(Rate, Small);
        Assert.Equal([false, false], Told());
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(401, false)]
    public void NoteRefused_MoreThanHalfOfTheLimit_TellsNothing(int prompt, bool told)
    {
        Answer(granted: 0, left: 0, heldByOthers: 0);
        book.NoteRefused(Tokens, new CallBound(prompt, 100, 1, 0, 0));
        Assert.Equal([told, false], Told());
    }

    [Fact]
    public void NoteRefused_AddsNoMessage()
    {
        Answer(granted: 0, left: 0, heldByOthers: 0);
        book.NoteRefused(Tokens, Small);
        Assert.Empty(book.Due(time.GetUtcNow()));
    }

    [Fact]
    public void Adopt_AnotherAmount_ForgetsTheRefusal()
    {
        Answer(granted: 0, left: 0, heldByOthers: 0);
        book.NoteRefused(Tokens, Small);
        book.Adopt(Scope(1000, 1));
        Assert.Equal([true, false], Told());
        book.Adopt(Scope(2000, 2));
        Assert.Equal([false, false], Told());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void TryTake_LeaseOfOtherLimits_WaitsForTheAuthoritysWord(long version, bool isGood)
    {
        book.Adopt(Scope(1000, version));
        Assert.True(book.TryTake(Claimed(termsVersion: 0), time.GetTimestamp(), time.GetUtcNow()));
        Assert.Equal(isGood, book.IsGood);
        Assert.Equal("waiting", book.LeaseId);
    }

    [Fact]
    public void TryTake_AnotherIsInUse_IsGivenBack()
    {
        Answer(granted: 50, left: 50, heldByOthers: 0);
        Assert.False(book.TryTake(Claimed(termsVersion: 0), time.GetTimestamp(), time.GetUtcNow()));
        var given = Assert.Single(book.GiveBack(), report => report.LeaseId == "waiting");
        Assert.True(given.Ends);
        Assert.All(given.Lines, line => Assert.Equal((0, 0), (line.Spent, line.Wanted)));
    }

    private ClaimedLease Claimed(long termsVersion) => new("waiting", termsVersion, [.. book.Lines.Select(line => new GrantView(line.Limit, line.Window, 100, 400, 0))]);

    private static BudgetScope Scope(long amount, long version) =>
        new(LimitScope.Tenant, "tenant:t", new ScopeTerms(version, new Dictionary<LimitKey, long> { [Tokens] = amount, [Rate] = 500 }), TimeZoneInfo.Utc);

    private void Answer(long granted, long left, long heldByOthers)
    {
        var report = Assert.Single(book.Ask());
        book.Absorb(report.LeaseId, new LeaseView(report.Sequence, Lost: false, [.. report.Lines.Select(line => new GrantView(line.Limit, line.Window, granted, left, heldByOthers))]));
    }

    private bool[] Told() => [.. Assert.Single(book.Ask()).Lines.Select(line => line.Refused)];
}
