using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>Google's OAuth token endpoint for a service account's signed JWT, see RFC 7523. Signatures are not checked.</summary>
internal static class TokenEndpoint
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>The status and body that answer the form.</summary>
    public static (int Status, JsonObject Body) Answer(ReadOnlySpan<byte> form)
    {
        var fields = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(form));
        var grant = fields.TryGetValue("grant_type", out var type) ? type.ToString() : "";
        var assertion = fields.TryGetValue("assertion", out var jwt) ? jwt.ToString() : "";
        if (!string.Equals(grant, JwtBearer, StringComparison.Ordinal))
            return Failure("unsupported_grant_type", $"Invalid grant_type: {grant}");
        if (assertion.Split('.') is not [{ Length: > 0 }, { Length: > 0 }, _])
            return Failure("invalid_grant", "Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.");

        return (200, new JsonObject
        {
            ["access_token"] = Ids.Make("ya29.", Ids.Seed("token", form), 0, 32),
            ["expires_in"] = 3600,
            ["token_type"] = "Bearer",
        });
    }

    private static (int Status, JsonObject Body) Failure(string error, string description) =>
        (400, new JsonObject { ["error"] = error, ["error_description"] = description });
}
