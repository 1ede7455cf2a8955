using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tollgate.Errors;
using Tollgate.Secrets;
using Tollgate.Tenants;

namespace Tollgate.Admin;

/// <summary>Lets the operator in: whoever has the secret of the setting <c>admin.secret</c>, which is sent as a key is.</summary>
/// <param name="reference">Where the secret is: <c>env:NAME</c>, <c>kv:NAME</c>, or <c>sha256:HEX</c> of it, checked; null: there is no such address.</param>
/// <param name="credentials">Hold what is not a hash.</param>
/// <param name="logger">Told when the secret cannot be had.</param>
internal sealed partial class AdminAuthenticator(string? reference, Credentials credentials, ILogger<AdminAuthenticator> logger)
{
    /// <summary>Shortest secret, in characters.</summary>
    public const int LeastLength = 32;

    private const string HashScheme = "sha256:";

    /// <summary>A reference holds the secret's hash itself.</summary>
    public static bool IsHash(string reference) => reference.StartsWith(HashScheme, StringComparison.Ordinal);

    /// <summary>Why a secret is none, a clause; null when it is.</summary>
    public static string? ProblemOf(Secret secret) => secret.Value is { Length: < LeastLength or > KeyHash.MaxKeyLength } value
        ? string.Create(CultureInfo.InvariantCulture, $"it holds {value.Length} characters; the secret has {LeastLength} to {KeyHash.MaxKeyLength}")
        : secret.Problem;

    /// <exception cref="CallerErrorException">404: no secret is set. 401: it is not this one. 503: it cannot be had at the moment.</exception>
    public async ValueTask AuthenticateAsync(HttpRequest request)
    {
        if (reference is null)
        {
            throw UnknownUrl.Of(request);
        }
        var given = Authenticator.HashOf(request);
        if (!(await ExpectedAsync(reference, request.HttpContext.RequestAborted)).Matches(given))
        {
            throw Authenticator.Invalid();
        }
    }

    private async ValueTask<KeyHash> ExpectedAsync(string reference, CancellationToken cancellationToken)
    {
        if (IsHash(reference))
        {
            return KeyHash.FromHex(reference[HashScheme.Length..]);
        }
        var secret = await credentials.FindAsync(reference, cancellationToken);
        if (ProblemOf(secret) is { } problem)
        {
            LogMissing(logger, reference, problem);
            throw new CallerErrorException(503, "The operator's secret cannot be looked up at the moment.", code: "admin_unavailable", type: ErrorTypes.Server, retryAfter: TimeSpan.FromSeconds(5));
        }
        return KeyHash.Of(secret.Value!);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The operator is refused: 'admin.secret' names {Reference}, but {Problem}.")]
    private static partial void LogMissing(ILogger logger, string reference, string problem);
}
