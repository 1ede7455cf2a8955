using System.Text;
using Tollgate.Errors;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Providers.OpenAi;

public sealed class OpenAiFailuresTests
{
    [Theory]
    [InlineData(400, "invalid_request_error", null, "Unrecognized request argument", nameof(FailureKind.InvalidRequest))]
    [InlineData(400, "invalid_request_error", "unsupported_parameter", "Use max_completion_tokens", nameof(FailureKind.InvalidRequest))]
    [InlineData(422, "invalid_request_error", null, "x", nameof(FailureKind.InvalidRequest))]
    [InlineData(400, "invalid_request_error", "context_length_exceeded", "x", nameof(FailureKind.ContextOverflow))]
    [InlineData(400, "invalid_request_error", "string_above_max_length", "x", nameof(FailureKind.ContextOverflow))]
    [InlineData(400, "BadRequestError", null, "This model's maximum context length is 4096 tokens.", nameof(FailureKind.ContextOverflow))]
    [InlineData(400, null, null, "Input exceeds the context window of this model", nameof(FailureKind.ContextOverflow))]
    [InlineData(500, null, null, "maximum context length", nameof(FailureKind.ServerError))]
    [InlineData(400, null, "content_filter", "filtered", nameof(FailureKind.ContentFilter))]
    [InlineData(400, "invalid_request_error", "content_policy_violation", "x", nameof(FailureKind.ContentFilter))]
    [InlineData(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-***", nameof(FailureKind.Credentials))]
    [InlineData(401, null, "401", "Access denied", nameof(FailureKind.Credentials))]
    [InlineData(402, null, null, "Insufficient Balance", nameof(FailureKind.Credentials))]
    [InlineData(403, null, "unsupported_country_region_territory", "x", nameof(FailureKind.Credentials))]
    [InlineData(404, "invalid_request_error", "model_not_found", "x", nameof(FailureKind.ModelNotFound))]
    [InlineData(404, null, "DeploymentNotFound", "x", nameof(FailureKind.ModelNotFound))]
    [InlineData(413, null, null, "x", nameof(FailureKind.TooLarge))]
    [InlineData(409, null, null, "x", nameof(FailureKind.Conflict))]
    [InlineData(429, "requests", "rate_limit_exceeded", "x", nameof(FailureKind.RateLimited))]
    [InlineData(429, null, "429", "x", nameof(FailureKind.RateLimited))]
    [InlineData(503, null, "slow_down", "x", nameof(FailureKind.RateLimited))]
    [InlineData(429, "insufficient_quota", "insufficient_quota", "x", nameof(FailureKind.QuotaExhausted))]
    [InlineData(429, "insufficient_quota", "something_else", "x", nameof(FailureKind.QuotaExhausted))]
    [InlineData(429, null, "billing_hard_limit_reached", "x", nameof(FailureKind.QuotaExhausted))]
    [InlineData(503, "server_error", null, "x", nameof(FailureKind.Overloaded))]
    [InlineData(529, null, null, "x", nameof(FailureKind.Overloaded))]
    [InlineData(500, "server_error", null, "x", nameof(FailureKind.ServerError))]
    [InlineData(504, null, null, "x", nameof(FailureKind.Timeout))]
    [InlineData(200, "server_error", null, "x", nameof(FailureKind.ServerError))]
    [InlineData(200, "invalid_request_error", null, "x", nameof(FailureKind.InvalidRequest))]
    [InlineData(200, null, "rate_limit_exceeded", "x", nameof(FailureKind.RateLimited))]
    [InlineData(200, null, "new_code", "x", nameof(FailureKind.ServerError))]
    public void E_ErrorObject_HasItsKind(int status, string? type, string? code, string message, string kind)
    {
        var failure = Read(status, $$$"""{"error":{"message":"{{{message}}}","type":{{{Quoted(type)}}},"param":"p","code":{{{Quoted(code)}}}}}""");
        Assert.Equal((kind, status, code), (failure.Kind.ToString(), failure.Status, failure.NativeCode));
        var tells = kind is nameof(FailureKind.InvalidRequest) or nameof(FailureKind.ContextOverflow) or nameof(FailureKind.ContentFilter);
        Assert.Equal(tells ? (message, "p") : (null, null), (failure.Message, failure.Param));
    }

    [Fact]
    public void E_NumericCode_IsReadAsItStands()
    {
        var failure = Read(200, """{"error":{"code":429,"message":"m"}}""");
        Assert.Equal((FailureKind.RateLimited, "429"), (failure.Kind, failure.NativeCode));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>503</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"error\":\"overloaded\"}")]
    [InlineData("{\"error\":{\"message\":[],\"code\":{}}}")]
    [InlineData("{\"detail\":\"x\"}")]
    [InlineData("{\"error\":{\"message\":\"cut")]
    public void E_UnreadableBody_IsJudgedByItsStatus(string body)
    {
        Assert.Equal(FailureKind.Overloaded, Read(503, body).Kind);
        Assert.Equal(FailureKind.RateLimited, Read(429, body).Kind);
        Assert.Null(Read(400, body).Message);
    }

    [Fact]
    public void E_MessageCutInsideASurrogatePair_IsLeftOut()
    {
        var failure = Read(400, """{"error":{"message":"too \ud83d","code":"context_length_exceeded"}}""");
        Assert.Equal((FailureKind.ContextOverflow, null), (failure.Kind, failure.Message));
    }

    private static string Quoted(string? text) => text is null ? "null" : $"\"{text}\"";

    private static UpstreamFailure Read(int status, string body) => OpenAiFailures.Read(status, Encoding.UTF8.GetBytes(body));
}
