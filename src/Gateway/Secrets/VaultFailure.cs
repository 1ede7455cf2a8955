using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Azure;
using Azure.Identity;

namespace Tollgate.Secrets;

/// <summary>
/// What a failed read of a vault means. Messages of the libraries quote answers, hosts and tenants; none is passed on.
/// Source: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes.
/// </summary>
internal static class VaultFailure
{
    /// <summary>Whether the secret itself is gone or switched off, so that a value read before is not good any longer.</summary>
    public static bool IsDefinitive(Exception thrown, [NotNullWhen(true)] out string? problem)
    {
        problem = Innermost(thrown) switch
        {
            RequestFailedException { Status: 404, ErrorCode: "SecretNotFound" } => "the vault holds no secret of that name",
            RequestFailedException { Status: 403 } refused when InnerCode(refused) == "SecretDisabled" => "the secret is disabled in the vault",
            _ => null,
        };
        return problem is not null;
    }

    public static string Describe(Exception thrown, Uri vault) => Innermost(thrown) switch
    {
        RequestFailedException { Status: 403 } refused when InnerCode(refused) is "ForbiddenByFirewall" or "ForbiddenByConnection" => "the vault's network rules keep this host out",
        RequestFailedException { Status: 403 } => "the host's identity may not read it",
        RequestFailedException { Status: 401 } => "the vault does not accept the host's identity",
        RequestFailedException { Status: > 0 } refused => $"the vault at {vault} answers with status {refused.Status}",
        AuthenticationFailedException => "the host's identity gets no token for the vault",
        OperationCanceledException => $"the vault at {vault} does not answer in time",
        _ => $"the vault at {vault} cannot be reached",
    };

    /// <summary>After several tries the client throws all their exceptions in one.</summary>
    private static Exception Innermost(Exception thrown) => thrown is AggregateException { InnerExceptions: [.., var last] } ? last : thrown;

    /// <summary>The client reads the outer code only: <c>{"error":{"code":"Forbidden","innererror":{"code":"SecretDisabled"}}}</c>.</summary>
    private static string? InnerCode(RequestFailedException refused)
    {
        try
        {
            using var body = JsonDocument.Parse(refused.GetRawResponse()?.Content.ToMemory() ?? default);
            return body.RootElement.GetProperty("error").GetProperty("innererror").GetProperty("code").GetString();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
