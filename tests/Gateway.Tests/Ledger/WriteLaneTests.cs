using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Ledger;

public sealed class WriteLaneTests
{
    private readonly WriteLane lane = new("p");

    [Fact]
    public void Take_OpeningsGoFirst()
    {
        Add(settlements: 3, openings: 2);
        Assert.Equal("oos", Take(3));
        Assert.Equal("ss", Take(3));
        Assert.True(lane.IsEmpty);
    }

    [Fact]
    public void Take_MoreOpeningsThanFit_LeaveAQuarterToSettlements()
    {
        Add(settlements: 10, openings: 20);
        Assert.Equal("ooooooss", Take(8));
        Assert.Equal("ooooooss", Take(8));
    }

    [Fact]
    public void Take_FewSettlements_LeaveTheRestToOpenings()
    {
        Add(settlements: 1, openings: 20);
        Assert.Equal("ooooooos", Take(8));
        Assert.Equal("oooooooo", Take(8));
    }

    [Fact]
    public void Take_WhatFailed_GoesBeforeAll()
    {
        Add(settlements: 2, openings: 0);
        var failed = lane.Take(1);
        Add(settlements: 0, openings: 5);
        lane.AddAgain(failed[0]);
        Assert.Equal("soo", Take(3));
    }

    [Fact]
    public void Take_DroppedRows_AreForgotten()
    {
        Add(settlements: 0, openings: 1);
        var dropped = new PendingRow(Call(), null) { IsDropped = true };
        lane.Add(dropped);
        Assert.Equal("o", Take(8));
        lane.Add(dropped);
        lane.Trim();
        Assert.True(lane.IsEmpty);
    }

    private void Add(int settlements, int openings)
    {
        for (var i = 0; i < openings; i++)
        {
            lane.Add(new PendingRow(Call(), null));
        }
        for (var i = 0; i < settlements; i++)
        {
            var call = Call();
            lane.Add(new PendingRow(call, new SettledCall(call)));
        }
    }

    /// <summary>Of each row an <c>o</c> when it is opened, an <c>s</c> when it is settled.</summary>
    private string Take(int most) => string.Concat(lane.Take(most).Select(row => row.Settled is null ? 'o' : 's'));

    private static OpenedCall Call() => new() { RequestId = RequestId.New(Some.Now), OpenedAt = Some.Now, Tenant = "acme", Key = "dev", Model = "m" };
}
