using Tollgate.Health;

namespace Tollgate.Gateway.Tests.Health;

public sealed class QuotaTests
{
    private static readonly DateTimeOffset Now = Some.Now;

    [Theory]
    [InlineData("1s", 1.0)]
    [InlineData("6m0s", 360.0)]
    [InlineData("12ms", 0.012)]
    [InlineData("1m2.5s", 62.5)]
    [InlineData("2h", 600.0)]
    [InlineData("30", 30.0)]
    [InlineData("0.25", 0.25)]
    [InlineData("", null)]
    [InlineData("soon", null)]
    [InlineData("5x", null)]
    [InlineData("1..2s", null)]
    [InlineData("-5s", null)]
    public void Span_DurationsOfProviders_AreRead(string text, double? seconds) => Assert.Equal(seconds, QuotaHeaders.Span(text)?.TotalSeconds);

    [Fact]
    public void Read_OpenAi_RequestsAndTokens()
    {
        var reading = Read(("x-ratelimit-remaining-requests", "7"), ("x-ratelimit-limit-requests", "60"), ("x-ratelimit-reset-requests", "53s"), ("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-limit-tokens", "1000"), ("x-ratelimit-reset-tokens", "100ms"))!;
        Assert.Equal(new QuotaLine(7, 60, TimeSpan.FromSeconds(53)), reading.Requests);
        Assert.Equal(new QuotaLine(0, 1000, TimeSpan.FromMilliseconds(100)), reading.Tokens);
    }

    [Fact]
    public void Read_Anthropic_TheTighterOfTheTokenLimits()
    {
        var reading = Read(
            ("anthropic-ratelimit-requests-remaining", "49"), ("anthropic-ratelimit-requests-limit", "50"), ("anthropic-ratelimit-requests-reset", "2026-11-23T10:30:16Z"),
            ("anthropic-ratelimit-tokens-remaining", "9000"), ("anthropic-ratelimit-tokens-limit", "10000"), ("anthropic-ratelimit-tokens-reset", "2026-11-23T10:30:45Z"),
            ("anthropic-ratelimit-input-tokens-remaining", "500"), ("anthropic-ratelimit-input-tokens-limit", "8000"), ("anthropic-ratelimit-input-tokens-reset", "2026-11-23T10:30:35Z"))!;
        Assert.Equal(new QuotaLine(49, 50, TimeSpan.FromSeconds(1)), reading.Requests);
        Assert.Equal(new QuotaLine(500, 8000, TimeSpan.FromSeconds(20)), reading.Tokens);
    }

    [Theory]
    [InlineData("x-ratelimit-remaining-requests", "many")]
    [InlineData("x-ratelimit-remaining-requests", "-1")]
    [InlineData("x-ratelimit-limit-requests", "5")]
    [InlineData("Server", "x")]
    public void Read_NothingThatCanBeUsed_IsNull(string name, string value) => Assert.Null(Read((name, value)));

    [Fact]
    public void Lacks_UsedUp_UntilItHasGrownAgain()
    {
        var quota = new ProviderQuota(1);
        quota.Note(0, new QuotaReading(new QuotaLine(0, 60, TimeSpan.FromSeconds(60)), default, Now.UtcTicks));
        Assert.True(quota.Lacks(5, Now.UtcTicks, out var lack));
        Assert.Equal((TimeSpan.FromSeconds(1), 1, 0), (lack.Left, lack.Needed, lack.Available));
        Assert.False(quota.Lacks(5, (Now + TimeSpan.FromSeconds(1.01)).UtcTicks, out _));
        quota.Sent(0, 5);
        Assert.True(quota.Lacks(5, (Now + TimeSpan.FromSeconds(1.01)).UtcTicks, out _));
        Assert.False(quota.Lacks(5, (Now + TimeSpan.FromSeconds(60)).UtcTicks, out _));
    }

    [Fact]
    public void Lacks_TooFewTokensForThisCall_OnlyForCallsOfThatSize()
    {
        var quota = new ProviderQuota(1);
        quota.Note(0, new QuotaReading(default, new QuotaLine(1000, null, TimeSpan.FromSeconds(10)), Now.UtcTicks));
        Assert.False(quota.Lacks(1000, Now.UtcTicks, out _));
        Assert.True(quota.Lacks(1001, Now.UtcTicks, out var lack));
        Assert.Equal((TimeSpan.FromSeconds(10), 1001, 1000), (lack.Left, lack.Needed, lack.Available));
        quota.Sent(0, 600);
        Assert.True(quota.Lacks(500, Now.UtcTicks, out _));
    }

    [Fact]
    public void Lacks_SeveralCredentials_OnlyWhenAllDo()
    {
        var quota = new ProviderQuota(2);
        quota.Note(0, new QuotaReading(new QuotaLine(0, null, TimeSpan.FromSeconds(10)), default, Now.UtcTicks));
        Assert.False(quota.Lacks(1, Now.UtcTicks, out _));
        quota.Note(1, new QuotaReading(new QuotaLine(0, null, TimeSpan.FromSeconds(4)), default, Now.UtcTicks));
        Assert.True(quota.Lacks(1, Now.UtcTicks, out var lack));
        Assert.Equal(TimeSpan.FromSeconds(4), lack.Left);
    }

    [Fact]
    public void Share_IsThatOfTheTighterLimit()
    {
        var quota = new ProviderQuota(0);
        Assert.Equal(1, quota.Share(Now.UtcTicks));
        quota.Note(0, new QuotaReading(new QuotaLine(50, 100, TimeSpan.FromSeconds(10)), new QuotaLine(100, 1000, TimeSpan.FromSeconds(10)), Now.UtcTicks));
        Assert.Equal(0.1, quota.Share(Now.UtcTicks), 1e-9);
        Assert.Equal(0.55, quota.Share((Now + TimeSpan.FromSeconds(5)).UtcTicks), 1e-9);
    }

    private static QuotaReading? Read(params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }
        return QuotaHeaders.Read(response.Headers, Now);
    }
}
