using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>What Google's status words and HTTP's numbers mean. Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto.</summary>
internal static class FailureStatus
{
    public static FailureKind KindOf(string? status, int code) => status switch
    {
        "INVALID_ARGUMENT" or "OUT_OF_RANGE" => code == 413 ? FailureKind.TooLarge : FailureKind.InvalidRequest,
        // The project may not use the model from here, or pays for nothing: another credential may.
        "FAILED_PRECONDITION" or "PERMISSION_DENIED" or "UNAUTHENTICATED" => FailureKind.Credentials,
        "NOT_FOUND" => FailureKind.ModelNotFound,
        "RESOURCE_EXHAUSTED" => FailureKind.RateLimited,
        "ABORTED" or "ALREADY_EXISTS" => FailureKind.Conflict,
        "UNAVAILABLE" => FailureKind.Overloaded,
        "DEADLINE_EXCEEDED" => FailureKind.Timeout,
        "INTERNAL" or "UNKNOWN" or "DATA_LOSS" or "CANCELLED" => FailureKind.ServerError,
        _ => KindOf(code),
    };

    public static FailureKind KindOf(int code) => code switch
    {
        401 or 402 or 403 => FailureKind.Credentials,
        404 => FailureKind.ModelNotFound,
        408 or 504 => FailureKind.Timeout,
        409 => FailureKind.Conflict,
        413 => FailureKind.TooLarge,
        429 => FailureKind.RateLimited,
        503 or 529 => FailureKind.Overloaded,
        >= 500 => FailureKind.ServerError,
        >= 400 => FailureKind.InvalidRequest,
        _ => FailureKind.BadReply,
    };
}
