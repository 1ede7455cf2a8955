using Tollgate.Conversation;

namespace Tollgate.Ledger.Rerating;

/// <summary>A row that is not open, as far as its cost goes.</summary>
internal sealed record RatedRow
{
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Its instance died: its cost is its bound.</summary>
    public bool IsBound { get; init; }

    /// <summary>Who answered, or was asked last; null where nobody was asked.</summary>
    public string? Deployment { get; init; }

    /// <summary>Of all attempts.</summary>
    public TokenUsage Usage { get; init; }

    /// <summary>Of it, what was used before the answer, or without one.</summary>
    public IReadOnlyList<BilledAttempt> Earlier { get; init; } = [];

    /// <summary>False for a row of a version that did not keep apart all that has a price of its own.</summary>
    public bool IsSplit { get; init; }

    public int Attempts { get; init; }

    public long CostMicroUsd { get; init; }

    public string? PriceVersion { get; init; }

    /// <summary>It was rated with this price list, among others perhaps.</summary>
    public bool IsOf(string version) => PriceVersion?.Split(' ').Contains(version, StringComparer.Ordinal) == true;
}
