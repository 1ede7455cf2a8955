using System.Globalization;
using Tollgate.Errors;

namespace Tollgate.Ledger;

/// <summary>What callers are told when the ledger fails them.</summary>
internal static class LedgerErrors
{
    public static CallerErrorException CannotRead() => new(
        503, "The usage ledger cannot be read at the moment; try again shortly.",
        code: "ledger_unavailable", type: ErrorTypes.Server, retryAfter: TimeSpan.FromSeconds(2));

    /// <param name="day">A day whose rows would have to be read although they are deleted; null: there is none.</param>
    /// <exception cref="CallerErrorException">400: there is one.</exception>
    public static void CheckNotDeleted(DateOnly? day)
    {
        if (day is { } deleted)
        {
            throw CallerErrorException.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"The rows of calls of {deleted:yyyy-MM-dd} are deleted, of which only the sums are kept: such a day can be read as a whole, and not by user."),
                "from", "usage_deleted");
        }
    }
}
