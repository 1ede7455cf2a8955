using System.Text.Json.Serialization;
using Tollgate.Admission;

namespace Tollgate.Budgets;

/// <summary>
/// What an instance says about its lease of one scope: all of it every time, numbered, so that a message that is lost, doubled, late or
/// overtaken does no harm. A line once sent as finished stays in the messages until the authority has been seen to know it.
/// </summary>
/// <param name="LeaseId">Unique for all time. An instance begins a new one when its old one has expired.</param>
/// <param name="Sequence">Ascends with each message of the lease. The authority ignores what is not newer than what it knows.</param>
/// <param name="SentAt">By the instance's clock.</param>
/// <param name="Terms">The scope's limits as the instance knows them.</param>
/// <param name="Yields">The instance begins nothing new before it has heard that this arrived: what is granted beyond its calls under way may be cut.</param>
/// <param name="Ends">The lease is at its end: nothing is under way on it, nothing will be, and what <paramref name="Lines"/> say is all it spent.</param>
/// <param name="Lines">One for each limit and window in use.</param>
internal sealed record LeaseReport(string LeaseId, long Sequence, DateTimeOffset SentAt, ScopeTerms Terms, bool Yields, bool Ends, IReadOnlyList<LeaseLine> Lines);

/// <param name="Limit">Which limit.</param>
/// <param name="Window">Which of its windows.</param>
/// <param name="Spent">All that was spent of this line so far. Never falls.</param>
/// <param name="Committed">What is spent, and what calls under way may spend yet.</param>
/// <param name="Wanted">All that the line should be granted, what is spent included; less than before gives the rest back.</param>
/// <param name="Refused">A call was refused for good, with what other leases hold counted in: what is left, if anything, is of no use.</param>
internal readonly record struct LeaseLine(LimitKey Limit, BudgetWindow Window, long Spent, long Committed, long Wanted, bool Refused = false);

/// <summary>Names a limit within its scope.</summary>
[JsonConverter(typeof(LimitKeyJson))]
internal readonly record struct LimitKey(LimitUnit Unit, LimitWindow Window)
{
    /// <summary>A limit per minute, or of calls at a time, is a rate; anything longer is a budget.</summary>
    public bool IsRate => Window == LimitWindow.Minute || Unit == LimitUnit.Concurrency;
}

/// <summary>A stretch of time with an amount of its own. The instance says which it is in; the authority lets it be off by <see cref="BudgetState.Skew"/>.</summary>
/// <param name="Start">Inclusive.</param>
/// <param name="End">Exclusive; <see cref="DateTimeOffset.MaxValue"/> where it never ends.</param>
[JsonConverter(typeof(BudgetWindowJson))]
internal readonly record struct BudgetWindow(DateTimeOffset Start, DateTimeOffset End);

/// <summary>The limits of a scope.</summary>
/// <param name="Version">Ascends with each change; the authority goes by the highest it has seen.</param>
/// <param name="Amounts">How much of each limit there is in one window.</param>
internal sealed record ScopeTerms(long Version, IReadOnlyDictionary<LimitKey, long> Amounts);

/// <summary>What an instance may read: the state of its lease, and how the scope stands.</summary>
/// <param name="Sequence">The newest message the authority knows; −1: none, the lease does not exist or has long ended.</param>
/// <param name="Lost">The lease has expired: it gets nothing more, and what it was granted counts as spent until its instance has said what was.</param>
/// <param name="Lines">The lease's own.</param>
internal sealed record LeaseView(long Sequence, bool Lost, IReadOnlyList<GrantView> Lines)
{
    public static readonly LeaseView None = new(-1, Lost: false, []);

    /// <summary>It was a lease, and is over: what it spent is counted.</summary>
    public static readonly LeaseView Ended = new(long.MaxValue, Lost: true, []);

    public bool IsEnded => Sequence == long.MaxValue;
}

/// <param name="Limit">Which limit.</param>
/// <param name="Window">Which of its windows.</param>
/// <param name="Granted">All that the line was granted, what is spent included.</param>
/// <param name="Left">What nobody holds yet.</param>
/// <param name="HeldByOthers">What other leases were granted and have not reported as spent, but for lost ones of which no more is known: it may soon come back.</param>
internal readonly record struct GrantView(LimitKey Limit, BudgetWindow Window, long Granted, long Left, long HeldByOthers);

/// <summary>A lease that waited to be taken, and was.</summary>
/// <param name="LeaseId">Its id.</param>
/// <param name="TermsVersion">By which limits it was made.</param>
/// <param name="Lines">What it grants.</param>
internal sealed record ClaimedLease(string LeaseId, long TermsVersion, IReadOnlyList<GrantView> Lines);
