namespace Tollgate.Gateway.Tests;

public sealed class RequestIdTests
{
    [Fact]
    public void New_LaterMoments_SortLater()
    {
        var ids = Enumerable.Range(0, 1000).Select(ms => RequestId.New(Some.Now.AddMilliseconds(ms * 7))).ToArray();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void New_OneMoment_GivesUniqueIdsOfOneForm()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => RequestId.New(Some.Now)).ToArray();
        Assert.Equal(1000, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.Matches("^req_[0-9a-f]{32}$", id));
    }

    [Fact]
    public void First_SortsBetweenEarlierIdsAndThoseOfItsMoment()
    {
        Assert.True(string.CompareOrdinal(RequestId.First(Some.Now), RequestId.New(Some.Now)) < 0);
        Assert.True(string.CompareOrdinal(RequestId.First(Some.Now), RequestId.New(Some.Now.AddMilliseconds(-1))) > 0);
        Assert.Equal("req_000000000000", RequestId.First(DateTimeOffset.MinValue));
    }
}
