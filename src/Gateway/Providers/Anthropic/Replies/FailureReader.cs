using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>
/// Reads error objects. The type decides where it says more than the status. A message is kept only where the caller
/// can act on it: the others may name the organisation. Source: https://platform.claude.com/docs/en/api/errors.
/// </summary>
internal static class FailureReader
{
    /// <summary>An error answer; what cannot be read is judged by its status.</summary>
    public static UpstreamFailure Read(int status, ReadOnlySpan<byte> body)
    {
        try
        {
            return Judge(JsonSerializer.Deserialize(body, AnthropicJson.Default.ErrorBody)?.Error, status);
        }
        catch (JsonException)
        {
            return Judge(null, status);
        }
    }

    /// <summary>An error under the status 200: in a stream, or as a whole answer.</summary>
    public static UpstreamFailure InsideOk(ErrorDetail? error) => Judge(error, StatusOf(error?.Type));

    /// <summary>The status that Anthropic gives each type when it can.</summary>
    private static int StatusOf(string? type) => type switch
    {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    };

    private static UpstreamFailure Judge(ErrorDetail? error, int status)
    {
        var kind = error?.Type switch
        {
            // Also used for 4xx statuses that have no type of their own, such as 409.
            "invalid_request_error" => ByMessage(error.Message) ?? FailureTable.KindOf(status),
            "rate_limit_error" => ByMessage(error.Message) ?? FailureTable.KindOf(StatusOf(error.Type)),
            // A type that says no more than that something went wrong leaves it to the status. Vertex' own errors have none.
            null or "api_error" => (status is 400 or 429 ? ByMessage(error?.Message) : null) ?? FailureTable.KindOf(status),
            var type => StatusOf(type) is not 500 and var known ? FailureTable.KindOf(known) : FailureTable.KindOf(status),
        };
        return new UpstreamFailure(kind, status)
        {
            NativeCode = error?.Type,
            Message = kind is FailureKind.InvalidRequest or FailureKind.ContextOverflow or FailureKind.ContentFilter or FailureKind.TooLarge ? error?.Message : null,
        };
    }

    private static FailureKind? ByMessage(string? message)
    {
        return Says("prompt is too long") || Says("exceed context limit") || Says("exceeds the context window") ? FailureKind.ContextOverflow
            : Says("credit balance is too low") || Says("usage limits") ? FailureKind.QuotaExhausted
            : Says("content filtering policy") ? FailureKind.ContentFilter
            : null;

        bool Says(string words) => message?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
    }
}
