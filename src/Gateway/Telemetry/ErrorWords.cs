using System.Text.Json;
using Tollgate.Errors;
using Tollgate.Ledger;
using Tollgate.Upstream;

namespace Tollgate.Telemetry;

/// <summary>The values of <c>error.type</c>: words of a closed list, never a provider's or a caller's own.</summary>
internal static class ErrorWords
{
    private static readonly string[] Kinds = [.. Enum.GetNames<FailureKind>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>E.g. <c>rate_limited</c>.</summary>
    public static string Of(FailureKind kind) => Kinds[(int)kind];

    /// <summary>The code that the caller is told; without one, the type.</summary>
    public static string Of(CallerErrorException refused) => refused.Code ?? refused.Type;

    /// <summary>Why an answer is not whole; null where it is.</summary>
    public static string? Of(UpstreamReply reply, CallStatus outcome) => outcome switch
    {
        CallStatus.Ok => null,
        CallStatus.Disconnected => TelemetryNames.Values.Disconnected,
        _ => Of(reply.Failure?.Kind ?? FailureKind.Cut),
    };
}
