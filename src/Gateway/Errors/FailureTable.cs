namespace Tollgate.Errors;

/// <summary>Where a failed attempt may be tried again.</summary>
internal enum RetryScope
{
    /// <summary>Nowhere: the caller has to change the request.</summary>
    None,

    /// <summary>On another target only.</summary>
    OtherTarget,

    /// <summary>With another credential of the same target, then on another target.</summary>
    OtherCredential,

    /// <summary>On a target with a larger context window only.</summary>
    LargerContext,

    /// <summary>On another provider's target only, where the tenant wants that; else nowhere.</summary>
    OtherProvider,

    /// <summary>On another target, else on the same one after a pause.</summary>
    Anywhere,

    /// <summary>Once more on the same target after a pause, where this is the first failure; else as <see cref="Anywhere"/>.</summary>
    SameFirst,
}

/// <summary>What the caller sees of a failure.</summary>
internal sealed record CallerError(int Status, string Type, string? Code, string Message, string? Param = null, TimeSpan? RetryAfter = null)
{
    public static CallerError Of(CallerErrorException refused) => new(refused.Status, refused.Type, refused.Code, refused.Message, refused.Param, refused.RetryAfter);
}

/// <summary>Table E of the wire rules: what each kind of upstream failure means for the caller and for the next attempt.</summary>
internal static class FailureTable
{
    public static RetryScope Retry(FailureKind kind) => kind switch
    {
        FailureKind.InvalidRequest or FailureKind.TooLarge or FailureKind.Deadline => RetryScope.None,
        FailureKind.ContentFilter => RetryScope.OtherProvider,
        FailureKind.ContextOverflow => RetryScope.LargerContext,
        FailureKind.Credentials or FailureKind.QuotaExhausted => RetryScope.OtherCredential,
        FailureKind.ModelNotFound or FailureKind.Timeout => RetryScope.OtherTarget,
        FailureKind.ServerError or FailureKind.Overloaded or FailureKind.Network => RetryScope.SameFirst,
        _ => RetryScope.Anywhere,
    };

    public static CallerError For(UpstreamFailure failure) => failure.Kind switch
    {
        FailureKind.InvalidRequest => new(400, ErrorTypes.InvalidRequest, failure.NativeCode, failure.Message ?? "The provider refused the request as invalid.", failure.Param),
        FailureKind.ContextOverflow => new(400, ErrorTypes.InvalidRequest, "context_length_exceeded", failure.Message ?? "The conversation is longer than the model's context window.", failure.Param ?? "messages"),
        FailureKind.ContentFilter => new(400, ErrorTypes.InvalidRequest, "content_filter", failure.Message ?? "The provider's content policy refused the request.", failure.Param),
        FailureKind.Credentials => new(502, ErrorTypes.Server, "upstream_credentials", "The gateway's credential was refused by the provider. The operator has to look into it."),
        FailureKind.ModelNotFound => new(404, ErrorTypes.InvalidRequest, "model_not_found", "The provider does not know the model of this deployment.", "model"),
        FailureKind.TooLarge => new(413, ErrorTypes.InvalidRequest, "request_too_large", "The request is larger than the provider takes."),
        FailureKind.Conflict => new(409, ErrorTypes.InvalidRequest, "conflict", "The provider reports a conflict; the request can be tried again.", RetryAfter: failure.RetryAfter),
        FailureKind.RateLimited => new(429, ErrorTypes.RateLimit, "rate_limit_exceeded", "The provider's rate limit is reached.", RetryAfter: failure.RetryAfter ?? TimeSpan.FromSeconds(1)),
        FailureKind.QuotaExhausted => new(429, ErrorTypes.Quota, "insufficient_quota", "The gateway's quota at the provider is used up.", RetryAfter: failure.RetryAfter),
        FailureKind.Overloaded => new(503, ErrorTypes.Server, "upstream_overloaded", "The provider is overloaded.", RetryAfter: failure.RetryAfter ?? TimeSpan.FromSeconds(1)),
        FailureKind.Timeout => new(504, ErrorTypes.Server, "upstream_timeout", "The provider did not answer in time."),
        FailureKind.Deadline => new(504, ErrorTypes.Server, "deadline_exceeded", "The time that the call was given ran out before it was answered."),
        FailureKind.Network => new(502, ErrorTypes.Server, "upstream_unreachable", "The provider cannot be reached."),
        FailureKind.BadReply => new(502, ErrorTypes.Server, "upstream_bad_reply", "The provider's answer cannot be read."),
        FailureKind.Cut => new(502, ErrorTypes.Server, "upstream_stream_cut", "The provider ended the stream before the answer was complete."),
        _ => new(502, ErrorTypes.Server, "upstream_error", "The provider failed.", RetryAfter: failure.RetryAfter),
    };

    /// <summary>The kind of a status that comes without a readable error body.</summary>
    public static FailureKind KindOf(int status) => status switch
    {
        401 or 402 or 403 => FailureKind.Credentials,
        404 => FailureKind.ModelNotFound,
        408 or 504 => FailureKind.Timeout,
        409 => FailureKind.Conflict,
        413 => FailureKind.TooLarge,
        429 => FailureKind.RateLimited,
        503 or 529 => FailureKind.Overloaded,
        >= 400 and < 500 => FailureKind.InvalidRequest,
        >= 500 => FailureKind.ServerError,
        _ => FailureKind.BadReply,
    };
}
