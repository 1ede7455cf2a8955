using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.Anthropic;

/// <summary>Writes Anthropic's error object, see https://docs.claude.com/en/api/errors.</summary>
internal static class AnthropicErrors
{
    public static JsonObject Write(Rejection rejection) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject
        {
            ["type"] = rejection.Kind switch
            {
                ErrorKind.MissingKey or ErrorKind.InvalidKey => "authentication_error",
                ErrorKind.Billing => "billing_error",
                ErrorKind.Permission => "permission_error",
                ErrorKind.NotFound => "not_found_error",
                ErrorKind.TooLarge => "request_too_large",
                ErrorKind.RateLimit or ErrorKind.Quota => "rate_limit_error",
                ErrorKind.Timeout => "timeout_error",
                ErrorKind.Overloaded => "overloaded_error",
                ErrorKind.Server => "api_error",
                _ => "invalid_request_error",
            },
            ["message"] = rejection.Message,
        },
        ["request_id"] = "req_simulator",
    };
}
