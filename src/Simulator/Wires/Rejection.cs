namespace Tollgate.Simulator.Wires;

/// <summary>Why a request is refused, before a wire gives it its own form.</summary>
internal sealed record Rejection(ErrorKind Kind, int Status, string Message)
{
    /// <summary>The parameter at fault, where the wire names it.</summary>
    public string? Param { get; init; }

    /// <summary>Seconds to wait before another try.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>A malformed or forbidden request.</summary>
    public static Rejection Invalid(string message, string? param = null) =>
        new(ErrorKind.InvalidRequest, 400, message) { Param = param };

    /// <summary>An error of the given status, of the kind that goes with it.</summary>
    public static Rejection OfStatus(int status) => status switch
    {
        401 => new(ErrorKind.InvalidKey, status, "Incorrect API key provided."),
        402 => new(ErrorKind.Billing, status, "Your credit balance is too low to access the API."),
        403 => new(ErrorKind.Permission, status, "You have no access to this resource."),
        404 => new(ErrorKind.NotFound, status, "The model does not exist or you have no access to it."),
        408 or 504 => new(ErrorKind.Timeout, status, "The request timed out."),
        413 => new(ErrorKind.TooLarge, status, "The request exceeds the maximum size."),
        429 => new(ErrorKind.RateLimit, status, "Rate limit reached for requests."),
        503 or 529 => new(ErrorKind.Overloaded, status, "The service is overloaded."),
        < 500 => new(ErrorKind.InvalidRequest, status, "The request is invalid."),
        _ => new(ErrorKind.Server, status, "The server had an error while processing your request."),
    };
}

/// <summary>The kinds of error that wires write differently.</summary>
internal enum ErrorKind
{
    InvalidRequest,
    MissingKey,
    InvalidKey,
    Billing,
    Permission,
    NotFound,
    Timeout,
    TooLarge,
    RateLimit,
    Quota,
    ContextLength,
    ContentFilter,
    Overloaded,
    Server,
}
