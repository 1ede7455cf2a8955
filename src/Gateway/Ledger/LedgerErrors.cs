using Tollgate.Errors;

namespace Tollgate.Ledger;

/// <summary>What callers are told when the ledger fails them.</summary>
internal static class LedgerErrors
{
    public static CallerErrorException CannotRead() => new(
        503, "The usage ledger cannot be read at the moment; try again shortly.",
        code: "ledger_unavailable", type: ErrorTypes.Server, retryAfter: TimeSpan.FromSeconds(2));
}
