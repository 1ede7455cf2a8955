using Microsoft.Extensions.Logging;
using Tollgate.Errors;
using Tollgate.Ledger.Rollups;

namespace Tollgate.Ledger;

/// <summary>
/// Keeps the ledger in order, for whoever runs it from time to time. Nothing is held in memory between two runs, and two at a time, on two
/// instances too, do what one would.
/// </summary>
internal sealed partial class LedgerKeeper(IUsageLedger ledger, IUsageRollups rollups, UsageRetention retention, TimeProvider time, ILogger<LedgerKeeper> logger)
{
    /// <summary>Most rows that a run deletes, so that it ends soon.</summary>
    public const int MostDeleted = 100_000;

    /// <summary>
    /// Closes the rows that dead instances left open, sums up the days that changed, deletes what is not to be kept. An outage is logged and left
    /// to the next run.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was told to end; what is done stays done.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var closed = await ledger.ReconcileAsync(now - OpenedCall.Longest, cancellationToken);
            if (closed > 0)
            {
                LogClosed(logger, closed);
            }
            var days = await rollups.RollUpAsync(now, cancellationToken);
            var deleted = retention is { UsageDays: null, DailyMonths: null } ? 0 : await rollups.DeleteAsync(retention, now, MostDeleted, cancellationToken);
            LogDone(logger, days, deleted);
        }
        catch (Exception outage) when (outage is CallerErrorException || (outage is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Why is in the ledger's own log.
            LogPutOff(logger);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Usage of {Days} days of tenants was summed up; {Rows} rows were older than they are kept and are deleted.")]
    private static partial void LogDone(ILogger logger, int days, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Rows} calls were left open by an instance that ended; they are charged with their bounds.")]
    private static partial void LogClosed(ILogger logger, int rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The usage ledger could not be kept in order; the next run does what this one did not.")]
    private static partial void LogPutOff(ILogger logger);
}
