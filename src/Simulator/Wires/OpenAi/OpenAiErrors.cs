using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>Writes OpenAI's error object.</summary>
internal static class OpenAiErrors
{
    public static JsonObject Write(Rejection rejection)
    {
        var (type, code) = rejection.Kind switch
        {
            ErrorKind.MissingKey => ("invalid_request_error", null),
            ErrorKind.InvalidKey => ("invalid_request_error", "invalid_api_key"),
            ErrorKind.Billing => ("billing_error", "billing_not_active"),
            ErrorKind.Permission => ("invalid_request_error", "unsupported_country_region_territory"),
            ErrorKind.NotFound => ("invalid_request_error", "model_not_found"),
            ErrorKind.RateLimit => ("requests", "rate_limit_exceeded"),
            ErrorKind.Quota => ("insufficient_quota", "insufficient_quota"),
            ErrorKind.ContextLength => ("invalid_request_error", "context_length_exceeded"),
            ErrorKind.ContentFilter => ("invalid_request_error", "content_filter"),
            ErrorKind.Overloaded => ("server_error", "server_is_overloaded"),
            ErrorKind.Server or ErrorKind.Timeout => ("server_error", null),
            _ => ("invalid_request_error", (string?)null),
        };
        return new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = rejection.Message,
                ["type"] = type,
                ["param"] = rejection.Kind switch
                {
                    ErrorKind.ContextLength => "messages",
                    ErrorKind.ContentFilter => "prompt",
                    _ => rejection.Param,
                },
                ["code"] = code,
            },
        };
    }
}
