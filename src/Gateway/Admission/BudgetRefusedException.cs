using System.Globalization;
using Tollgate.Budgets;

namespace Tollgate.Admission;

/// <summary>A limit leaves no room for the call.</summary>
internal sealed class BudgetRefusedException(LimitScope scope, LimitStanding standing, bool waitsForOthers, DateTimeOffset now)
    : Exception(Words(scope, standing))
{
    /// <summary>Whose limit it is.</summary>
    public LimitScope Scope => scope;

    public LimitStanding Standing { get; } = standing;

    /// <summary>What calls under way, or other instances, hold would be enough.</summary>
    public bool WaitsForOthers { get; } = waitsForOthers;

    /// <summary>Short where only calls under way stand in the way: they give back what they do not use.</summary>
    public TimeSpan? RetryAfter { get; } = waitsForOthers || standing.Limit.Unit == LimitUnit.Concurrency ? TimeSpan.FromSeconds(1) : standing.ResetsAt - now;

    public string Code => Standing.Limit.IsRate ? "rate_limit_exceeded" : "budget_exceeded";

    private static string Words(LimitScope scope, LimitStanding standing)
    {
        var (unit, window) = standing.Limit;
        var who = scope switch
        {
            LimitScope.Key => " for this key",
            LimitScope.User => " for this user",
            _ => "",
        };
        return unit == LimitUnit.Concurrency
            ? string.Create(CultureInfo.InvariantCulture, $"The limit of {standing.Amount} calls at a time{who} is reached.")
            : string.Create(CultureInfo.InvariantCulture, $"The limit of {standing.Amount} {Limit.Units[(int)unit]} per {Limit.Windows[(int)window]}{who} is reached.");
    }
}
