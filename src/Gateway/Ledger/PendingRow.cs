namespace Tollgate.Ledger;

/// <summary>A row that is not yet written as it stands. Used under the gate of its <see cref="WriteBehind"/>.</summary>
internal sealed class PendingRow(OpenedCall call, SettledCall? settled)
{
    public OpenedCall Call => call;

    /// <summary>How the call ended; null as long as that is not known.</summary>
    public SettledCall? Settled { get; set; } = settled;

    /// <summary>What the last write said of its end.</summary>
    public SettledCall? Sent { get; private set; }

    /// <summary>A write has begun, so that the row may be there.</summary>
    public bool IsTried { get; private set; }

    /// <summary>A write is under way.</summary>
    public bool IsWriting { get; set; }

    /// <summary>Nobody needs it any more.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Told true when the row is safe, false when it will not be; null when nobody waits for that.</summary>
    public TaskCompletionSource<bool>? Opening { get; set; }

    /// <summary>Told when nothing of it is left to write; null when nobody waits for that.</summary>
    public TaskCompletionSource? Written { get; set; }

    public UsageWrite Send()
    {
        (IsTried, IsWriting, Sent) = (true, true, Settled);
        return new UsageWrite(call, Settled);
    }

    /// <summary>Nothing of it is left to write.</summary>
    /// <param name="isSafe">It is written.</param>
    public void Finish(bool isSafe)
    {
        Opening?.TrySetResult(isSafe);
        Written?.TrySetResult();
    }
}
