using Microsoft.AspNetCore.Http;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Intake;

public sealed class CallTimeoutTests
{
    private static readonly Tenant Patient = new("acme") { Timeout = TimeSpan.FromSeconds(20) };

    [Fact]
    public void Read_NothingSaid_IsTheTenants()
    {
        Assert.Equal(TimeSpan.FromSeconds(20), CallTimeout.Read(new HeaderDictionary(), Patient));
        Assert.Null(CallTimeout.Read(new HeaderDictionary(), new Tenant("acme")));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("30000", 30_000)]
    [InlineData("3600000", 3_600_000)]
    public void Read_Header_WinsOverTheTenants(string value, int ms) =>
        Assert.Equal(TimeSpan.FromMilliseconds(ms), CallTimeout.Read(new HeaderDictionary { ["x-tollgate-timeout-ms"] = value }, Patient));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData("1.5")]
    [InlineData("3600001")]
    [InlineData("99999999999999999999")]
    [InlineData("10s")]
    public void Read_HeaderThatIsNoSuchNumber_IsRefusedByItsName(string value)
    {
        var refused = Assert.Throws<CallerErrorException>(() => CallTimeout.Read(new HeaderDictionary { ["x-tollgate-timeout-ms"] = value }, Patient));
        Assert.Equal((400, "x-tollgate-timeout-ms", "invalid_value"), (refused.Status, refused.Param, refused.Code));
    }

    [Fact]
    public void Read_HeaderTwice_IsRefused() =>
        Assert.Throws<CallerErrorException>(() => CallTimeout.Read(new HeaderDictionary { ["x-tollgate-timeout-ms"] = new(["5", "6"]) }, Patient));
}
