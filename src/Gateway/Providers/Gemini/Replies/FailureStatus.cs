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
        _ => FailureTable.KindOf(code),
    };
}
