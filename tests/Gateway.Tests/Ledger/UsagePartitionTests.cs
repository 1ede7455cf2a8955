using Tollgate.Ledger;

namespace Tollgate.Gateway.Tests.Ledger;

public sealed class UsagePartitionTests
{
    [Theory]
    [InlineData("acme", "acme|20261123")]
    [InlineData("A.b_C:d-1", "A.b_C:d-1|20261123")]
    [InlineData("a/b\\c#d?e", "a=2Fb=5Cc=23d=3Fe|20261123")]
    [InlineData("=2F", "=3D2F|20261123")]
    [InlineData("a|b c%", "a=7Cb=20c=25|20261123")]
    [InlineData("é\n", "=C3=A9=0A|20261123")]
    public void Of_Tenant_IsEscapedSoThatItCanBeReadBack(string tenant, string key)
    {
        Assert.Equal(key, UsagePartition.Of(tenant, Some.Now));
        Assert.Equal(tenant, Uri.UnescapeDataString(key.Split('|')[0].Replace('=', '%')));
    }

    [Fact]
    public void Of_TimeElsewhere_IsTheDayInUtc() =>
        Assert.Equal("acme|20261122", UsagePartition.Of("acme", new DateTimeOffset(2026, 11, 23, 1, 0, 0, TimeSpan.FromHours(2))));

    /// <summary>A range of a tenant's days holds nobody else's, and the next tenant is found from any of them.</summary>
    [Theory]
    [InlineData("acme-")]
    [InlineData("acme2")]
    [InlineData("acmez")]
    [InlineData("acme/")]
    [InlineData("acm")]
    [InlineData("acmf")]
    public void Of_OtherTenants_LieOutsideOfATenantsDays(string other)
    {
        var (first, last, between) = (UsagePartition.Of("acme", DateTimeOffset.UnixEpoch), UsagePartition.Of("acme", DateTimeOffset.MaxValue), UsagePartition.Of(other, Some.Now));
        Assert.False(string.CompareOrdinal(first, between) <= 0 && string.CompareOrdinal(between, last) <= 0);
        Assert.Equal(string.CompareOrdinal(between, first) > 0, string.CompareOrdinal(between, UsagePartition.AfterTenantOf(first)) > 0);
        Assert.True(string.CompareOrdinal(last, UsagePartition.AfterTenantOf(first)) < 0);
    }
}
