using System.Text;
using Tollgate.Errors;
using Tollgate.Providers.Anthropic;

namespace Tollgate.Gateway.Tests.Providers.Anthropic;

/// <summary>Table E: what each error of Anthropic's, and of Vertex' in front of it, is taken for.</summary>
public sealed class FailureReaderTests
{
    private readonly AnthropicWire wire = new(AnthropicPlatform.Direct);

    [Theory]
    [InlineData(400, "invalid_request_error", "messages.0.content: Field required", "InvalidRequest", true)]
    [InlineData(400, "invalid_request_error", "prompt is too long: 207791 tokens > 200000 maximum", "ContextOverflow", true)]
    [InlineData(400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000", "ContextOverflow", true)]
    [InlineData(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", "QuotaExhausted", false)]
    [InlineData(400, "invalid_request_error", "You have reached your specified API usage limits.", "QuotaExhausted", false)]
    [InlineData(400, "invalid_request_error", "Output blocked by content filtering policy", "ContentFilter", true)]
    [InlineData(401, "authentication_error", "invalid x-api-key", "Credentials", false)]
    [InlineData(402, "billing_error", "Check your payment details", "Credentials", false)]
    [InlineData(403, "permission_error", "Your API key may not use this", "Credentials", false)]
    [InlineData(404, "not_found_error", "model: claude-x", "ModelNotFound", false)]
    [InlineData(413, "request_too_large", "Request exceeds the maximum size", "TooLarge", true)]
    [InlineData(429, "rate_limit_error", "This would exceed the limit of organization 1b2c", "RateLimited", false)]
    [InlineData(500, "api_error", "Internal server error", "ServerError", false)]
    [InlineData(529, "api_error", "Busy", "Overloaded", false)]
    [InlineData(504, "timeout_error", "The request timed out", "Timeout", false)]
    [InlineData(529, "overloaded_error", "Overloaded", "Overloaded", false)]
    [InlineData(503, "overloaded_error", "Overloaded", "Overloaded", false)]
    [InlineData(502, "brand_new_error", "x", "ServerError", false)]
    [InlineData(400, "brand_new_error", "x", "InvalidRequest", true)]
    public void E_ErrorObject_IsJudgedByTypeAndMessage(int status, string type, string message, string kind, bool forTheCaller)
    {
        var failure = wire.ReadFailure(status, Encoding.UTF8.GetBytes($$"""{"type":"error","error":{"type":"{{type}}","message":"{{message}}"},"request_id":"req_1"}"""));
        Assert.Equal(kind, failure.Kind.ToString());
        Assert.Equal(status, failure.Status);
        Assert.Equal(type, failure.NativeCode);
        Assert.Equal(forTheCaller ? message : null, failure.Message);
    }

    [Theory]
    [InlineData(400, "InvalidRequest")]
    [InlineData(401, "Credentials")]
    [InlineData(404, "ModelNotFound")]
    [InlineData(408, "Timeout")]
    [InlineData(409, "Conflict")]
    [InlineData(413, "TooLarge")]
    [InlineData(429, "RateLimited")]
    [InlineData(500, "ServerError")]
    [InlineData(503, "Overloaded")]
    [InlineData(504, "Timeout")]
    [InlineData(302, "BadReply")]
    public void E_UnreadableBody_IsJudgedByStatus(int status, string kind)
    {
        foreach (var body in (string[])["", "<html>", "null", "[]", "{}", """{"error":"no object"}""", """{"error":{"type":7}}""", "\u0000"])
        {
            Assert.Equal(kind, wire.ReadFailure(status, Encoding.UTF8.GetBytes(body)).Kind.ToString());
        }
    }

    [Fact]
    public void E_VertexErrorWithoutType_IsJudgedByMessageToo()
    {
        var failure = wire.ReadFailure(400, """{"error":{"code":400,"message":"Prompt is too long","status":"INVALID_ARGUMENT"}}"""u8);
        Assert.Equal(FailureKind.ContextOverflow, failure.Kind);
    }
}
