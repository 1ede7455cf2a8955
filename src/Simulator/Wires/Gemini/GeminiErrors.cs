using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>Writes Google's error object, see https://cloud.google.com/apis/design/errors.</summary>
internal static class GeminiErrors
{
    public static JsonObject Write(Rejection rejection, bool vertex)
    {
        var (status, message) = Words(rejection, vertex);
        var error = new JsonObject { ["code"] = StatusOf(rejection, vertex), ["message"] = message, ["status"] = status };
        var details = new JsonArray();
        if (rejection.Kind == ErrorKind.InvalidKey && !vertex)
            details.Add(Detail("ErrorInfo", "reason", "API_KEY_INVALID"));
        if (rejection.Kind == ErrorKind.Quota)
            details.Add(new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.rpc.QuotaFailure",
                ["violations"] = new JsonArray(new JsonObject { ["quotaId"] = "GenerateRequestsPerDayPerProjectPerModel" }),
            });
        if (rejection.RetryAfter is { } seconds)
            details.Add(Detail("RetryInfo", "retryDelay", string.Create(CultureInfo.InvariantCulture, $"{seconds}s")));
        if (details.Count > 0)
            error["details"] = details;
        return new JsonObject { ["error"] = error };
    }

    /// <summary>The HTTP status Google uses where it differs from the other providers'.</summary>
    public static int StatusOf(Rejection rejection, bool vertex) => rejection.Kind switch
    {
        ErrorKind.MissingKey when !vertex => 403,
        ErrorKind.InvalidKey when !vertex && rejection.Status == 401 => 400,
        _ => rejection.Status,
    };

    private static (string Status, string Message) Words(Rejection rejection, bool vertex) => rejection.Kind switch
    {
        ErrorKind.MissingKey when !vertex => ("PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API."),
        ErrorKind.InvalidKey when !vertex => ("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        ErrorKind.MissingKey or ErrorKind.InvalidKey => ("UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."),
        _ => (StatusName(rejection.Kind), rejection.Message),
    };

    private static string StatusName(ErrorKind kind) => kind switch
    {
        ErrorKind.Permission => "PERMISSION_DENIED",
        ErrorKind.Billing => "FAILED_PRECONDITION",
        ErrorKind.NotFound => "NOT_FOUND",
        ErrorKind.RateLimit or ErrorKind.Quota => "RESOURCE_EXHAUSTED",
        ErrorKind.Timeout => "DEADLINE_EXCEEDED",
        ErrorKind.Overloaded => "UNAVAILABLE",
        ErrorKind.Server => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    };

    private static JsonObject Detail(string type, string name, string value) => new()
    {
        ["@type"] = "type.googleapis.com/google.rpc." + type,
        [name] = value,
    };
}
