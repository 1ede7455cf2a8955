using Microsoft.AspNetCore.Http;
using Tollgate.Errors;
using Tollgate.Tenants;

namespace Tollgate.Gateway.Tests.Tenants;

public sealed class AuthenticatorTests
{
    private const string Key = "sk-0123456789abcdef";

    private readonly Authenticator authenticator = new([new OneTenant()]);

    [Theory]
    [InlineData("Authorization", "Bearer " + Key)]
    [InlineData("Authorization", "bearer " + Key)]
    [InlineData("authorization", "BEARER   " + Key + " ")]
    [InlineData("api-key", Key)]
    [InlineData("x-api-key", Key)]
    public async Task AuthenticateAsync_EveryHeaderForm_IsRead(string header, string value) => Assert.Equal("dev", (await CallAsync((header, value))).Key);

    [Fact]
    public async Task AuthenticateAsync_BearerWinsOverApiKeyOverXApiKey()
    {
        Assert.Equal("dev", (await CallAsync(("Authorization", $"Bearer {Key}"), ("api-key", "wrong"), ("x-api-key", "wrong"))).Key);
        Assert.Equal("dev", (await CallAsync(("api-key", Key), ("x-api-key", "wrong"))).Key);
        Assert.Equal("dev", (await CallAsync(("Authorization", "Basic abc"), ("x-api-key", Key))).Key);
    }

    [Theory]
    [InlineData(null, null, "missing_api_key")]
    [InlineData("Authorization", "Basic abc", "missing_api_key")]
    [InlineData("Authorization", Key, "missing_api_key")]
    [InlineData("Authorization", "Bearer ", "invalid_api_key")]
    [InlineData("Authorization", "Bearer wrong", "invalid_api_key")]
    [InlineData("api-key", "", "invalid_api_key")]
    [InlineData("api-key", " " + Key, "invalid_api_key")]
    public async Task AuthenticateAsync_NoKeyOrAWrongOne_Is401(string? header, string? value, string code)
    {
        var thrown = await Assert.ThrowsAsync<CallerErrorException>(() => header is null ? CallAsync() : CallAsync((header, value!)));
        Assert.Equal((401, code, ErrorTypes.Authentication), (thrown.Status, thrown.Code, thrown.Type));
        Assert.DoesNotContain("wrong", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(257)]
    [InlineData(100_000)]
    public async Task AuthenticateAsync_KeyBeyondTheLimit_IsNotEvenHashed(int length) =>
        Assert.Equal("invalid_api_key", (await Assert.ThrowsAsync<CallerErrorException>(() => CallAsync(("api-key", new string('世', length))))).Code);

    private Task<Caller> CallAsync(params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }
        return authenticator.AuthenticateAsync(http.Request).AsTask();
    }

    private sealed class OneTenant : ITenantDirectory
    {
        public ValueTask<Caller?> FindAsync(KeyHash key, CancellationToken cancellationToken) =>
            ValueTask.FromResult(key.Matches(KeyHash.Of(Key)) ? new Caller(new Tenant("acme"), "dev") : null);
    }
}
