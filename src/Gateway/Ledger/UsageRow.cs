using System.Text.Json.Serialization;
using Tollgate.Conversation;

namespace Tollgate.Ledger;

/// <summary>A call as it stands in the ledger from its admission on. Never any text.</summary>
internal sealed class OpenedCall
{
    /// <summary>Longest user tag that is kept, in UTF-16 units: the caller chooses it, and a row must stay small.</summary>
    public const int LongestUser = 256;

    /// <summary>No call lasts longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Ordered by time: <c>req_</c> and 32 hexadecimal digits.</summary>
    public required string RequestId { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required string Tenant { get; init; }

    public required string Key { get; init; }

    /// <summary>The model the caller asked for.</summary>
    public required string Model { get; init; }

    /// <summary>Who used it, as the caller says; cut to <see cref="LongestUser"/>. Null when not said.</summary>
    public string? User
    {
        get;
        init => field = value?.Length > LongestUser ? value[..LongestUser] : value;
    }

    /// <summary>When its budget was held; default where none was.</summary>
    public DateTimeOffset ReservedAt { get; init; }

    /// <summary>Ids of the budget leases it is charged to, without spaces; none where no limit applies.</summary>
    public IReadOnlyList<string> Leases { get; init; } = [];

    /// <summary>The most it can use, in tokens.</summary>
    public long BoundTokens { get; init; }

    /// <summary>The most it can cost, in micro-USD.</summary>
    public long BoundMicroUsd { get; init; }

    /// <summary>It was admitted while the budget could not be looked up.</summary>
    public bool Unchecked { get; init; }

    /// <summary>It is made also while its row cannot be written. The row waits in memory then. Not part of the row.</summary>
    [JsonIgnore]
    public bool MayLag { get; init; }
}

/// <summary>How a call ended.</summary>
internal sealed record SettledCall(OpenedCall Call)
{
    public string? Deployment { get; init; }

    public string? Provider { get; init; }

    public string? Region { get; init; }

    /// <summary>Of all attempts, with the tier that the answer was served with.</summary>
    public TokenUsage Usage { get; init; }

    /// <summary>Of it, what was used before the answer, or without one.</summary>
    public IReadOnlyList<BilledAttempt> Earlier { get; init; } = [];

    /// <summary>Tokens were counted by the gateway because the provider reported none.</summary>
    public bool Estimated { get; init; }

    public long CostMicroUsd { get; init; }

    /// <summary>The price lists it was rated with, with spaces between them; null where nothing of it has a price.</summary>
    public string? PriceVersion { get; init; }

    public CallStatus Status { get; init; }

    public int HttpStatus { get; init; }

    public int Attempts { get; init; }

    /// <summary>Null where nothing was generated.</summary>
    public double? FirstTokenMs { get; init; }

    public double TotalMs { get; init; }

    /// <summary>When it ended. Computed, so that the same settlement is the same row however often it is written.</summary>
    public DateTimeOffset SettledAt => Call.OpenedAt.AddMilliseconds(TotalMs);
}

internal enum CallStatus
{
    /// <summary>A whole answer.</summary>
    Ok,

    /// <summary>Refused or failed; nothing was generated.</summary>
    Failed,

    /// <summary>Ended in an error after its first output.</summary>
    Cut,

    /// <summary>The caller went away.</summary>
    Disconnected,
}

internal static class CallStatusWords
{
    /// <summary>As the ledger's rows say it.</summary>
    public static string Word(this CallStatus status) => status switch
    {
        CallStatus.Ok => "ok",
        CallStatus.Failed => "failed",
        CallStatus.Cut => "cut",
        _ => "disconnected",
    };
}
