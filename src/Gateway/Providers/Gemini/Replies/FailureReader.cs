using System.Globalization;
using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>
/// Reads Google's error object <c>{"error":{code,message,status,details}}</c>, alone or in an array.
/// Sources: https://ai.google.dev/gemini-api/docs/troubleshooting, https://google.aip.dev/193.
/// </summary>
internal static class FailureReader
{
    /// <summary>Reads an error answer. What cannot be read is judged by its status.</summary>
    public static UpstreamFailure Read(int status, ReadOnlySpan<byte> body)
    {
        try
        {
            if (ReplyReader.Parse(body).Error is { ValueKind: JsonValueKind.Object } error)
            {
                return Read(error, status);
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // A proxy's page, or an answer cut short: the status is all that is left.
        }
        return new UpstreamFailure(FailureTable.KindOf(status), status);
    }

    /// <param name="error">The error object.</param>
    /// <param name="status">The answer's status, used where the object names none.</param>
    public static UpstreamFailure Read(JsonElement error, int status)
    {
        var code = Member(error, "code") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value >= 400 ? value : status;
        var named = Text(error, "status");
        var message = Text(error, "message");
        var details = Details(error);
        var kind = KindOf(named, code, message, details);
        return new UpstreamFailure(kind, code)
        {
            NativeCode = Reason(details) ?? named,
            RetryAfter = RetryDelay(details),
            Message = kind is FailureKind.InvalidRequest or FailureKind.ContextOverflow or FailureKind.TooLarge ? message : null,
        };
    }

    private static FailureKind KindOf(string? status, int code, string? message, List<JsonElement> details) => FailureStatus.KindOf(status, code) switch
    {
        FailureKind.InvalidRequest when Reason(details) is "API_KEY_INVALID" or "API_KEY_EXPIRED" or "API_KEY_SERVICE_BLOCKED" => FailureKind.Credentials,
        FailureKind.InvalidRequest when IsTokenCount(message) => FailureKind.ContextOverflow,
        FailureKind.InvalidRequest when Says(message, "payload size exceeds") => FailureKind.TooLarge,
        FailureKind.RateLimited when IsPerDay(details) => FailureKind.QuotaExhausted,
        var kind => kind,
    };

    private static bool IsTokenCount(string? message) =>
        Says(message, "token count") && (Says(message, "exceeds") || Says(message, "only supports up to"));

    private static bool Says(string? message, string words) => message?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>A quota that renews daily cannot be waited for: <c>GenerateRequestsPerDayPerProjectPerModel-FreeTier</c>.</summary>
    private static bool IsPerDay(List<JsonElement> details) => details
        .Select(detail => Member(detail, "violations"))
        .Where(violations => violations is { ValueKind: JsonValueKind.Array })
        .SelectMany(violations => violations!.Value.EnumerateArray())
        .Any(violation => Text(violation, "quotaId")?.Contains("PerDay", StringComparison.Ordinal) == true);

    private static string? Reason(List<JsonElement> details) => details.Select(detail => Text(detail, "reason")).FirstOrDefault(reason => reason is not null);

    /// <summary><c>google.rpc.RetryInfo</c>: seconds with up to nine decimals and an <c>s</c>.</summary>
    private static TimeSpan? RetryDelay(List<JsonElement> details)
    {
        var text = details.Select(detail => Text(detail, "retryDelay")).FirstOrDefault(delay => delay is not null);
        return text is not null && text.EndsWith('s')
            && double.TryParse(text.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= TimeSpan.FromDays(1).TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }

    private static List<JsonElement> Details(JsonElement error) =>
        Member(error, "details") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static string? Text(JsonElement element, string name)
    {
        try
        {
            return Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which JSON's grammar lets pass.
            return null;
        }
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;
}
