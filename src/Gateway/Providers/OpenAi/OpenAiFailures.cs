using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Providers.OpenAi;

/// <summary>Reads <c>{"error":{message,type,param,code}}</c> as OpenAI, Azure OpenAI and the compatible services write it.</summary>
internal static class OpenAiFailures
{
    /// <summary>Reads an error answer. What cannot be read is judged by its status.</summary>
    public static UpstreamFailure Read(int status, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error)
                ? Read(status, error)
                : new UpstreamFailure(FailureTable.KindOf(status), status);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The second is the reader's word for half a surrogate pair.
            return new UpstreamFailure(FailureTable.KindOf(status), status);
        }
    }

    /// <summary>Reads the error object itself, also one that came inside a 200 or a stream.</summary>
    public static UpstreamFailure Read(int status, JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return new UpstreamFailure(status < 400 ? FailureKind.ServerError : FailureTable.KindOf(status), status);
        }
        var code = Text(error, "code");
        var type = Text(error, "type");
        var message = Text(error, "message");
        var kind = KindOf(status, code, type, message);
        var tells = kind is FailureKind.InvalidRequest or FailureKind.ContextOverflow or FailureKind.ContentFilter;
        return new UpstreamFailure(kind, status)
        {
            Message = tells ? message : null,
            Param = tells ? Text(error, "param") : null,
            NativeCode = code,
        };
    }

    private static FailureKind KindOf(int status, string? code, string? type, string? message) => (code ?? type) switch
    {
        "context_length_exceeded" or "string_above_max_length" => FailureKind.ContextOverflow,
        "content_filter" or "content_policy_violation" or "ResponsibleAIPolicyViolation" => FailureKind.ContentFilter,
        "insufficient_quota" or "billing_hard_limit_reached" => FailureKind.QuotaExhausted,
        "rate_limit_exceeded" or "slow_down" or "429" => FailureKind.RateLimited,
        "invalid_api_key" or "401" => FailureKind.Credentials,
        "model_not_found" or "DeploymentNotFound" => FailureKind.ModelNotFound,
        "server_error" or "internal_server_error" or "500" => status < 400 ? FailureKind.ServerError : FailureTable.KindOf(status),
        _ when type == "insufficient_quota" => FailureKind.QuotaExhausted,
        _ when status is 400 or < 400 && IsOverflow(message) => FailureKind.ContextOverflow,
        _ when status < 400 => type == ErrorTypes.InvalidRequest ? FailureKind.InvalidRequest : FailureKind.ServerError,
        _ => FailureTable.KindOf(status),
    };

    /// <summary>Compatible services say it in words only.</summary>
    private static bool IsOverflow(string? message) =>
        message is not null && (message.Contains("maximum context length", StringComparison.OrdinalIgnoreCase) || message.Contains("context window", StringComparison.OrdinalIgnoreCase));

    private static string? Text(JsonElement error, string name) => error.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => Decoded(value),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        }
        : null;

    /// <summary>Null for text that is none: a message cut in the middle of a surrogate pair.</summary>
    private static string? Decoded(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
