namespace Tollgate.Budgets;

/// <summary>How a limit stands, as far as this instance knows.</summary>
/// <param name="Limit">Which.</param>
/// <param name="Amount">What there is in a window.</param>
/// <param name="Remaining">What may still be held, here or by others; 0 or more.</param>
/// <param name="ResetsAt">The window's end; null for one that never ends.</param>
internal readonly record struct LimitStanding(LimitKey Limit, long Amount, long Remaining, DateTimeOffset? ResetsAt);
