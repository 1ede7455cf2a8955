using Tollgate.Errors;

namespace Tollgate.Gateway.Tests.Errors;

public sealed class FailureTableTests
{
    private static readonly TimeSpan Asked = TimeSpan.FromSeconds(7);

    /// <summary>Table E of the wire rules; the first argument is the row's name.</summary>
    [Theory]
    [InlineData("400, INVALID_ARGUMENT", nameof(FailureKind.InvalidRequest), 400, "invalid_request_error", "native", nameof(RetryScope.None), false)]
    [InlineData("context overflow", nameof(FailureKind.ContextOverflow), 400, "invalid_request_error", "context_length_exceeded", nameof(RetryScope.LargerContext), false)]
    [InlineData("content filter / policy", nameof(FailureKind.ContentFilter), 400, "invalid_request_error", "content_filter", nameof(RetryScope.OtherProvider), false)]
    [InlineData("401, 402, 403", nameof(FailureKind.Credentials), 502, "server_error", "upstream_credentials", nameof(RetryScope.OtherCredential), false)]
    [InlineData("404 model", nameof(FailureKind.ModelNotFound), 404, "invalid_request_error", "model_not_found", nameof(RetryScope.OtherTarget), false)]
    [InlineData("413", nameof(FailureKind.TooLarge), 413, "invalid_request_error", "request_too_large", nameof(RetryScope.None), false)]
    [InlineData("429, slow_down, RESOURCE_EXHAUSTED", nameof(FailureKind.RateLimited), 429, "rate_limit_error", "rate_limit_exceeded", nameof(RetryScope.Anywhere), true)]
    [InlineData("insufficient_quota, credit exhausted", nameof(FailureKind.QuotaExhausted), 429, "insufficient_quota", "insufficient_quota", nameof(RetryScope.OtherCredential), true)]
    [InlineData("529, 503 overloaded", nameof(FailureKind.Overloaded), 503, "server_error", "upstream_overloaded", nameof(RetryScope.SameFirst), true)]
    [InlineData("504, timeout", nameof(FailureKind.Timeout), 504, "server_error", "upstream_timeout", nameof(RetryScope.OtherTarget), false)]
    [InlineData("conflict", nameof(FailureKind.Conflict), 409, "invalid_request_error", "conflict", nameof(RetryScope.Anywhere), true)]
    [InlineData("server error", nameof(FailureKind.ServerError), 502, "server_error", "upstream_error", nameof(RetryScope.SameFirst), true)]
    [InlineData("network", nameof(FailureKind.Network), 502, "server_error", "upstream_unreachable", nameof(RetryScope.SameFirst), false)]
    [InlineData("bad reply", nameof(FailureKind.BadReply), 502, "server_error", "upstream_bad_reply", nameof(RetryScope.Anywhere), false)]
    [InlineData("cut stream", nameof(FailureKind.Cut), 502, "server_error", "upstream_stream_cut", nameof(RetryScope.Anywhere), false)]
    [InlineData("the call's own time", nameof(FailureKind.Deadline), 504, "server_error", "deadline_exceeded", nameof(RetryScope.None), false)]
    public void E_Row(string row, string kind, int status, string type, string code, string retry, bool saysWhen)
    {
        Assert.NotEmpty(row);
        var failure = new UpstreamFailure(Enum.Parse<FailureKind>(kind), 599) { NativeCode = "native", RetryAfter = Asked };
        var error = FailureTable.For(failure);
        Assert.Equal((status, type, code), (error.Status, error.Type, error.Code));
        Assert.Equal(retry, FailureTable.Retry(failure.Kind).ToString());
        Assert.Equal(saysWhen ? Asked : null, error.RetryAfter);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void E_Row_CoversEveryKind()
    {
        var rows = typeof(FailureTableTests).GetMethod(nameof(E_Row))!.GetCustomAttributesData()
            .Where(data => data.AttributeType == typeof(InlineDataAttribute))
            .Select(data => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!)[1].Value!);
        Assert.Equal(Enum.GetNames<FailureKind>().Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(nameof(FailureKind.InvalidRequest), true)]
    [InlineData(nameof(FailureKind.ContextOverflow), true)]
    [InlineData(nameof(FailureKind.ContentFilter), true)]
    [InlineData(nameof(FailureKind.Credentials), false)]
    [InlineData(nameof(FailureKind.ModelNotFound), false)]
    [InlineData(nameof(FailureKind.RateLimited), false)]
    [InlineData(nameof(FailureKind.QuotaExhausted), false)]
    [InlineData(nameof(FailureKind.ServerError), false)]
    public void E_ProvidersText_IsShownOnlyWhereTheCallerCanActOnIt(string kind, bool shown)
    {
        var error = FailureTable.For(new UpstreamFailure(Enum.Parse<FailureKind>(kind), 400) { Message = "provider's text", Param = "p" });
        Assert.Equal(shown, error.Message == "provider's text");
        Assert.Equal(shown, error.Param == "p");
    }

    [Theory]
    [InlineData(nameof(FailureKind.RateLimited))]
    [InlineData(nameof(FailureKind.Overloaded))]
    public void E_RateLimitAndOverload_AlwaysSayWhen(string kind) =>
        Assert.Equal(TimeSpan.FromSeconds(1), FailureTable.For(new UpstreamFailure(Enum.Parse<FailureKind>(kind), 429)).RetryAfter);

    [Theory]
    [InlineData(400, nameof(FailureKind.InvalidRequest))]
    [InlineData(401, nameof(FailureKind.Credentials))]
    [InlineData(402, nameof(FailureKind.Credentials))]
    [InlineData(403, nameof(FailureKind.Credentials))]
    [InlineData(404, nameof(FailureKind.ModelNotFound))]
    [InlineData(408, nameof(FailureKind.Timeout))]
    [InlineData(409, nameof(FailureKind.Conflict))]
    [InlineData(413, nameof(FailureKind.TooLarge))]
    [InlineData(418, nameof(FailureKind.InvalidRequest))]
    [InlineData(429, nameof(FailureKind.RateLimited))]
    [InlineData(500, nameof(FailureKind.ServerError))]
    [InlineData(502, nameof(FailureKind.ServerError))]
    [InlineData(503, nameof(FailureKind.Overloaded))]
    [InlineData(504, nameof(FailureKind.Timeout))]
    [InlineData(529, nameof(FailureKind.Overloaded))]
    [InlineData(200, nameof(FailureKind.BadReply))]
    [InlineData(302, nameof(FailureKind.BadReply))]
    public void E_StatusAlone_HasItsKind(int status, string kind) => Assert.Equal(kind, FailureTable.KindOf(status).ToString());
}
