using Tollgate.Conversation;

namespace Tollgate.Ledger;

/// <summary>A call as it stands in the ledger from its admission on. Never any text.</summary>
internal sealed class OpenedCall
{
    private int settled;

    /// <summary>Ordered by time: <c>req_</c> and 32 hexadecimal digits.</summary>
    public required string RequestId { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required string Tenant { get; init; }

    public required string Key { get; init; }

    /// <summary>The model the caller asked for.</summary>
    public required string Model { get; init; }

    /// <summary>The settlement is on its way: it says all that the opening would have said.</summary>
    public bool IsSettled => Volatile.Read(ref settled) != 0;

    public void MarkSettled() => Volatile.Write(ref settled, 1);
}

/// <summary>How a call ended.</summary>
internal sealed record SettledCall(OpenedCall Call)
{
    public string? Deployment { get; init; }

    public string? Provider { get; init; }

    public string? Region { get; init; }

    public TokenUsage Usage { get; init; }

    /// <summary>Tokens were counted by the gateway because the provider reported none.</summary>
    public bool Estimated { get; init; }

    public long CostMicroUsd { get; init; }

    public string? PriceVersion { get; init; }

    public CallStatus Status { get; init; }

    public int HttpStatus { get; init; }

    public int Attempts { get; init; }

    /// <summary>Null where nothing was generated.</summary>
    public double? FirstTokenMs { get; init; }

    public double TotalMs { get; init; }
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
