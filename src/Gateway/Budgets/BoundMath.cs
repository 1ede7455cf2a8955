using Tollgate.Admission;
using Tollgate.Settlement;

namespace Tollgate.Budgets;

/// <summary>What a call's bound comes to in each unit.</summary>
internal static class BoundMath
{
    /// <summary>An output cap lower than this is no use to anybody, unless the caller asked for one.</summary>
    public const long LeastOutput = 256;

    /// <summary>The most that a call can use of a unit.</summary>
    public static long AmountOf(this in CallBound bound, LimitUnit unit) => unit switch
    {
        LimitUnit.Tokens => bound.PromptTokens + (bound.OutputTokens * bound.Choices),
        LimitUnit.MicroUsd => CostCalculator.Rounded(bound.PromptMicroUsd + (bound.OutputRate * bound.OutputTokens * bound.Choices)),
        _ => 1,
    };

    /// <summary>How many output tokens a choice may have with <paramref name="left"/> of a unit; negative when not even the prompt fits.</summary>
    public static long OutputThatFits(this in CallBound bound, LimitUnit unit, long left) => unit switch
    {
        LimitUnit.Tokens => left < bound.PromptTokens ? -1 : (left - bound.PromptTokens) / bound.Choices,
        LimitUnit.MicroUsd => left < bound.PromptMicroUsd ? -1 : bound.OutputRate == 0 ? long.MaxValue : (long)Math.Min(long.MaxValue, (left - bound.PromptMicroUsd) / (bound.OutputRate * bound.Choices)),
        _ => left >= 1 ? long.MaxValue : -1,
    };
}
