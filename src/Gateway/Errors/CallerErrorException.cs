namespace Tollgate.Errors;

/// <summary>
/// Something in the caller's request is wrong. Ends the call with a 4xx in the caller's dialect.
/// The message names the parameter and what is allowed; it never repeats prompt text.
/// </summary>
internal sealed class CallerErrorException(int status, string message, string? param = null, string? code = null, string type = ErrorTypes.InvalidRequest, TimeSpan? retryAfter = null)
    : Exception(message)
{
    public int Status { get; } = status;

    public string Type { get; } = type;

    /// <summary>Path of the parameter as the caller wrote it, e.g. <c>messages[2].content[0].image_url.url</c>.</summary>
    public string? Param { get; } = param;

    public string? Code { get; } = code;

    /// <summary>When to try again, for what is not the caller's doing.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public static CallerErrorException Invalid(string message, string? param = null, string? code = null) => new(400, message, param, code);

    public static CallerErrorException Of(CallerError error) => new(error.Status, error.Message, error.Param, error.Code, error.Type, error.RetryAfter);

    public static CallerErrorException Unsupported(string param, string why) =>
        new(400, $"Unsupported parameter: '{param}'. {why}", param, "unsupported_parameter");
}

/// <summary>The values of <c>error.type</c> that OpenAI's clients know.</summary>
internal static class ErrorTypes
{
    public const string InvalidRequest = "invalid_request_error";
    public const string Authentication = "authentication_error";
    public const string Permission = "permission_error";
    public const string RateLimit = "rate_limit_error";
    public const string Quota = "insufficient_quota";
    public const string Server = "server_error";
}
