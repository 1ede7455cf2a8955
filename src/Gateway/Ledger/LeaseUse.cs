namespace Tollgate.Ledger;

/// <summary>What a call used of the lease it was charged to.</summary>
/// <param name="ReservedAt">When its budget was held: it counts in the windows of that moment.</param>
/// <param name="IsOpen">It may be under way: <paramref name="Tokens"/> and <paramref name="MicroUsd"/> are the most it can use.</param>
/// <param name="Tokens">Prompt and completion.</param>
/// <param name="MicroUsd">Micro-USD.</param>
internal readonly record struct LeaseUse(DateTimeOffset ReservedAt, bool IsOpen, long Tokens, long MicroUsd);
