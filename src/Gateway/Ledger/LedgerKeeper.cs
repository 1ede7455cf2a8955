using Microsoft.Extensions.Logging;
using Tollgate.Errors;

namespace Tollgate.Ledger;

/// <summary>
/// Keeps the ledger in order, for whoever runs it from time to time. Nothing is held in memory between two runs, and two at a time, on two
/// instances too, do what one would.
/// </summary>
internal sealed partial class LedgerKeeper(IUsageLedger ledger, TimeProvider time, ILogger<LedgerKeeper> logger)
{
    /// <summary>Closes the rows that dead instances left open. An outage is logged and left to the next run.</summary>
    /// <exception cref="OperationCanceledException">It was told to end; what is done stays done.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var closed = await ledger.ReconcileAsync(time.GetUtcNow() - OpenedCall.Longest, cancellationToken);
            if (closed > 0)
            {
                LogClosed(logger, closed);
            }
        }
        catch (CallerErrorException)
        {
            // Why is in the ledger's own log.
            LogPutOff(logger);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Rows} calls were left open by an instance that ended; they are charged with their bounds.")]
    private static partial void LogClosed(ILogger logger, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The usage ledger could not be kept in order; the next run does what this one did not.")]
    private static partial void LogPutOff(ILogger logger);
}
