using Microsoft.AspNetCore.Http;
using Tollgate.Errors;

namespace Tollgate.Tenants;

/// <summary>Step one: whose call is it? A key comes as <c>Authorization: Bearer</c>, <c>api-key</c> (Azure's clients) or <c>x-api-key</c> (Anthropic's).</summary>
internal sealed class Authenticator(IEnumerable<ITenantDirectory> directories)
{
    private readonly ITenantDirectory[] asked = [.. directories];

    /// <exception cref="CallerErrorException">401: no key, or one that belongs to nobody.</exception>
    public async ValueTask<Caller> AuthenticateAsync(HttpRequest request)
    {
        var hash = HashOf(request);
        foreach (var directory in asked)
        {
            if (await directory.FindAsync(hash, request.HttpContext.RequestAborted) is { } caller)
            {
                return caller;
            }
        }
        throw Invalid();
    }

    /// <summary>The hash of the key that a request comes with, whosever it is.</summary>
    /// <exception cref="CallerErrorException">401: it comes with none, or with one that is too long to be one.</exception>
    public static KeyHash HashOf(HttpRequest request)
    {
        var key = KeyOf(request) ?? throw Unauthenticated("No API key was given. Send it as 'Authorization: Bearer KEY', 'api-key' or 'x-api-key'.", "missing_api_key");
        return key.Length is 0 or > KeyHash.MaxKeyLength ? throw Invalid() : KeyHash.Of(key);
    }

    /// <summary>401: the key is nobody's.</summary>
    public static CallerErrorException Invalid() => Unauthenticated("The API key is not valid.", "invalid_api_key");

    private static string? KeyOf(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } bearer] && bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return bearer["Bearer ".Length..].Trim();
        }
        return request.Headers["api-key"] is [{ } azure] ? azure : request.Headers["x-api-key"] is [{ } anthropic] ? anthropic : null;
    }

    private static CallerErrorException Unauthenticated(string message, string code) =>
        new(401, message, code: code, type: ErrorTypes.Authentication);
}
