using System.Text;
using Tollgate.Errors;
using Tollgate.Providers;
using Tollgate.Providers.Gemini;

namespace Tollgate.Gateway.Tests.Wire;

public sealed class GeminiFailureTests
{
    private static readonly GeminiWire Wire = new(GeminiPlatform.GeminiApi);

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", "Invalid value at 'generation_config.temperature'.", nameof(FailureKind.InvalidRequest))]
    [InlineData(400, "INVALID_ARGUMENT", "The input token count (1200001) exceeds the maximum number of tokens allowed (1048576).", nameof(FailureKind.ContextOverflow))]
    [InlineData(400, "INVALID_ARGUMENT", "The input token count is 40000 but model only supports up to 32768.", nameof(FailureKind.ContextOverflow))]
    [InlineData(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes.", nameof(FailureKind.TooLarge))]
    [InlineData(413, null, "Request Entity Too Large", nameof(FailureKind.TooLarge))]
    [InlineData(400, "FAILED_PRECONDITION", "User location is not supported for the API use.", nameof(FailureKind.Credentials))]
    [InlineData(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", nameof(FailureKind.Credentials))]
    [InlineData(402, null, "Payment required", nameof(FailureKind.Credentials))]
    [InlineData(403, "PERMISSION_DENIED", "Permission 'aiplatform.endpoints.predict' denied.", nameof(FailureKind.Credentials))]
    [InlineData(404, "NOT_FOUND", "models/gemini-0 is not found for API version v1beta.", nameof(FailureKind.ModelNotFound))]
    [InlineData(409, "ABORTED", "Aborted.", nameof(FailureKind.Conflict))]
    [InlineData(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", nameof(FailureKind.RateLimited))]
    [InlineData(500, "INTERNAL", "An internal error has occurred.", nameof(FailureKind.ServerError))]
    [InlineData(503, "UNAVAILABLE", "The model is overloaded. Please try again later.", nameof(FailureKind.Overloaded))]
    [InlineData(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", nameof(FailureKind.Timeout))]
    [InlineData(418, "SOMETHING_NEW", "?", nameof(FailureKind.InvalidRequest))]
    public void E_GooglesError_HasItsKind_AloneAndInAnArray(int status, string? word, string message, string expected)
    {
        var named = word is null ? "" : $",\"status\":\"{word}\"";
        var error = $"{{\"error\":{{\"code\":{status},\"message\":\"{message}\"{named}}}}}";
        var alone = Wire.ReadFailure(status, Encoding.UTF8.GetBytes(error));
        Assert.Equal((expected, status), (alone.Kind.ToString(), alone.Status));
        Assert.Equal(alone, Wire.ReadFailure(status, Encoding.UTF8.GetBytes($"[{error}\r\n]")));
    }

    [Theory]
    [InlineData("""{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":4}}""")]
    [InlineData("""{"candidates":[],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":4}}""")]
    public void ReadReply_BrokenAnswer_SaysWhatItUsedAllTheSame(string body)
    {
        var failure = Wire.ReadReply(Encoding.UTF8.GetBytes(body), new ReplyContext("", "req_1")).Failure!;
        Assert.Equal((FailureKind.BadReply, 9L, 4L), (failure.Kind, failure.Usage?.Prompt, failure.Usage?.Completion));
    }

    [Fact]
    public void E_RejectedParameter_KeepsGooglesText() =>
        Assert.Equal("Invalid value.", Read(400, """{"error":{"code":400,"message":"Invalid value.","status":"INVALID_ARGUMENT"}}""").Message);

    [Fact]
    public void E_InvalidKey_IsACredentialFailureWithoutText()
    {
        var failure = Read(400, """
            {"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT",
             "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}]}}
            """);
        Assert.Equal((FailureKind.Credentials, "API_KEY_INVALID", null), (failure.Kind, failure.NativeCode, failure.Message));
    }

    [Theory]
    [InlineData("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "34.074824224s", nameof(FailureKind.RateLimited), 34.074824224)]
    [InlineData("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "7s", nameof(FailureKind.QuotaExhausted), 7.0)]
    [InlineData("GenerateContentInputTokensPerModelPerMinute", "soon", nameof(FailureKind.RateLimited), null)]
    public void E_Quota_TellsTheDayFromTheMinute_AndKeepsTheDelay(string quota, string delay, string kind, double? seconds)
    {
        var failure = Read(429, $$$"""
            {"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[
             {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"m","quotaId":"{{{quota}}}","quotaValue":"20"}]},
             {"@type":"type.googleapis.com/google.rpc.Help","links":[]},
             {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{{delay}}}"}]}}
            """);
        Assert.Equal(kind, failure.Kind.ToString());
        Assert.Equal(seconds is { } expected ? TimeSpan.FromSeconds(expected) : null, failure.RetryAfter);
        Assert.Null(failure.Message);
    }

    [Theory]
    [InlineData(502, "<html>Bad Gateway</html>", nameof(FailureKind.ServerError))]
    [InlineData(503, "", nameof(FailureKind.Overloaded))]
    [InlineData(529, "{}", nameof(FailureKind.Overloaded))]
    [InlineData(429, """{"error":"slow down"}""", nameof(FailureKind.RateLimited))]
    [InlineData(401, """{"error":{"code":"x","message":5,"status":null,"details":{}}}""", nameof(FailureKind.Credentials))]
    [InlineData(403, """{"error":{"code":403,"message":"\ud83d","status":"PERMISSION_DENIED"}}""", nameof(FailureKind.Credentials))]
    [InlineData(404, "[]", nameof(FailureKind.ModelNotFound))]
    [InlineData(408, "{\"error\":", nameof(FailureKind.Timeout))]
    [InlineData(200, "nonsense", nameof(FailureKind.BadReply))]
    public void E_UnreadableBody_IsJudgedByItsStatus(int status, string body, string expected) => Assert.Equal(expected, Read(status, body).Kind.ToString());

    private static UpstreamFailure Read(int status, string body) => Wire.ReadFailure(status, Encoding.UTF8.GetBytes(body));
}
