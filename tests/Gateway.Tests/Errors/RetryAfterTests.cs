using Tollgate.Errors;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Errors;

public sealed class RetryAfterTests
{
    [Theory]
    [InlineData("1500", null, 1.5)]
    [InlineData("0.5", null, 0.0005)]
    [InlineData("250", "30", 0.25)]
    [InlineData("soon", "30", 30.0)]
    [InlineData("NaN", "30", 30.0)]
    [InlineData(null, "30", 30.0)]
    [InlineData(null, " 30 ", 30.0)]
    [InlineData(null, "0.75", 0.75)]
    [InlineData(null, "0", 0.0)]
    [InlineData(null, "-5", 0.0)]
    [InlineData("-5", null, 0.0)]
    [InlineData(null, "1e300", 86400.0)]
    [InlineData(null, "999999999", 86400.0)]
    [InlineData(null, "Mon, 23 Nov 2026 10:31:00 GMT", 45.0)]
    [InlineData(null, "Mon, 23 Nov 2026 10:30:00 GMT", 0.0)]
    [InlineData(null, "Monday, 23-Nov-26 10:31:00 GMT", 45.0)]
    [InlineData(null, "soon", null)]
    [InlineData(null, "", null)]
    [InlineData(null, "Infinity", null)]
    [InlineData(null, null, null)]
    public void E_RetryAfter_IsReadInEachOfItsForms(string? ms, string? value, double? seconds)
    {
        using var response = new HttpResponseMessage();
        Add(response, "retry-after-ms", ms);
        Add(response, "Retry-After", value);
        Assert.Equal(seconds is { } expected ? TimeSpan.FromSeconds(expected) : null, RetryAfter.Read(response.Headers, Some.Now));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("maybe", null)]
    [InlineData(null, null)]
    public void E_ShouldRetry_IsTheUpstreamsOwnWord(string? value, bool? expected)
    {
        using var response = new HttpResponseMessage();
        Add(response, "x-should-retry", value);
        Assert.Equal(expected, RetryAfter.ReadShouldRetry(response.Headers));
    }

    [Fact]
    public void E_WithHeaders_HeaderWinsOverTheBodysDelay()
    {
        using var response = new HttpResponseMessage();
        var fromBody = new UpstreamFailure(FailureKind.RateLimited, 429) { RetryAfter = TimeSpan.FromSeconds(9) };
        Assert.Equal(TimeSpan.FromSeconds(9), fromBody.WithHeaders(response.Headers, Some.Now).RetryAfter);
        Add(response, "Retry-After", "2");
        Assert.Equal(TimeSpan.FromSeconds(2), fromBody.WithHeaders(response.Headers, Some.Now).RetryAfter);
    }

    private static void Add(HttpResponseMessage response, string name, string? value)
    {
        if (value is not null)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
