using Tollgate.Conversation;

namespace Tollgate.Errors;

/// <summary>What went wrong at an upstream, in the gateway's own terms. <see cref="FailureTable"/> says what follows from each.</summary>
internal enum FailureKind
{
    InvalidRequest,
    ContextOverflow,
    ContentFilter,
    Credentials,
    ModelNotFound,
    TooLarge,
    Conflict,
    RateLimited,
    QuotaExhausted,
    Overloaded,
    Timeout,
    ServerError,

    /// <summary>Connection refused or reset before an answer.</summary>
    Network,

    /// <summary>An answer that is not what the wire promises: HTML, broken JSON, a reply without content.</summary>
    BadReply,

    /// <summary>The stream ended before its finish reason.</summary>
    Cut,

    /// <summary>The time that the call was given ran out.</summary>
    Deadline,
}

/// <summary>
/// A failed attempt. <see cref="Message"/> is the provider's own text where the caller can act on it (a rejected parameter);
/// it goes to the caller alone, never to a log, and is null where it could name a credential or a host.
/// </summary>
internal sealed record UpstreamFailure(FailureKind Kind, int Status)
{
    public string? Message { get; init; }

    public string? Param { get; init; }

    /// <summary>The provider's own code or reason, e.g. <c>content_filter</c>'s category.</summary>
    public string? NativeCode { get; init; }

    /// <summary>What the upstream says the attempt used all the same; null where it says nothing.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>How long the upstream asked to wait before another attempt.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The upstream's <c>x-should-retry</c>; null where it sent none.</summary>
    public bool? ShouldRetry { get; init; }
}
