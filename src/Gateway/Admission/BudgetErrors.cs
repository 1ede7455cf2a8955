using System.Globalization;
using Tollgate.Errors;

namespace Tollgate.Admission;

internal static class BudgetErrors
{
    /// <summary>429 with the limit, its window and when it resets.</summary>
    public static CallerError For(BudgetRefusedException refused)
    {
        var resets = refused.Standing.ResetsAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $" It resets at {at:yyyy-MM-ddTHH:mm:ssZ}.")
            : " It does not reset.";
        return new CallerError(429, ErrorTypes.RateLimit, refused.Code, refused.Message + resets, RetryAfter: refused.RetryAfter);
    }
}
