namespace Tollgate.Admission;

/// <summary>A limit leaves no room for the call.</summary>
internal sealed class BudgetRefusedException(Limit limit, DateTimeOffset? resetsAt, bool waitsForOthers, DateTimeOffset now)
    : Exception($"The limit of {limit.Amount} {limit.UnitWord} per {limit.WindowWord} is reached.")
{
    public Limit Limit { get; } = limit;

    /// <summary>When the window ends; null for one that never does.</summary>
    public DateTimeOffset? ResetsAt { get; } = resetsAt;

    /// <summary>Short where only calls under way stand in the way: they give back what they do not use.</summary>
    public TimeSpan? RetryAfter { get; } = waitsForOthers ? TimeSpan.FromSeconds(1) : resetsAt - now;

    /// <summary>A limit per minute is a rate; anything longer is a budget.</summary>
    public string Code => Limit.Window == LimitWindow.Minute ? "rate_limit_exceeded" : "budget_exceeded";
}
