using System.Globalization;
using Tollgate.Budgets;

namespace Tollgate.Admission;

/// <summary>A limit leaves no room for the call.</summary>
internal sealed class BudgetRefusedException(BudgetScope scope, LimitKey limit, DateTimeOffset? resetsAt, bool waitsForOthers, DateTimeOffset now)
    : Exception(Words(scope, limit))
{
    public LimitKey Limit { get; } = limit;

    /// <summary>When the window ends; null for one that never does.</summary>
    public DateTimeOffset? ResetsAt { get; } = resetsAt;

    /// <summary>Short where only calls under way stand in the way: they give back what they do not use.</summary>
    public TimeSpan? RetryAfter { get; } = waitsForOthers || limit.Unit == LimitUnit.Concurrency ? TimeSpan.FromSeconds(1) : resetsAt - now;

    /// <summary>A limit per minute, or of calls at a time, is a rate; anything longer is a budget.</summary>
    public string Code => Limit.Window == LimitWindow.Minute || Limit.Unit == LimitUnit.Concurrency ? "rate_limit_exceeded" : "budget_exceeded";

    private static string Words(BudgetScope scope, LimitKey limit)
    {
        var amount = scope.Terms.Amounts.GetValueOrDefault(limit);
        var who = scope.Kind == LimitScope.Key ? " for this key" : "";
        return limit.Unit == LimitUnit.Concurrency
            ? string.Create(CultureInfo.InvariantCulture, $"The limit of {amount} calls at a time{who} is reached.")
            : string.Create(CultureInfo.InvariantCulture, $"The limit of {amount} {Admission.Limit.Units[(int)limit.Unit]} per {Admission.Limit.Windows[(int)limit.Window]}{who} is reached.");
    }
}
