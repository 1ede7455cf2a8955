using Microsoft.Extensions.Logging;
using Tollgate.Admission;
using Tollgate.Telemetry;

namespace Tollgate.Budgets.Alerts;

/// <summary>Tells that a limit's window has reached a step of its amount: in the log, in a metric, and to whoever listens.</summary>
/// <param name="webhook">Null: nobody listens.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class BudgetAlerts(AlertWebhook? webhook, TimeProvider time, ILogger<BudgetAlerts> logger)
{
    /// <summary>Tells of each. Waits for nothing.</summary>
    /// <param name="scope">The scope's id.</param>
    /// <param name="crossings">What was reached.</param>
    public void Raise(string scope, IReadOnlyList<ThresholdCrossing> crossings)
    {
        for (var i = 0; i < crossings.Count; i++)
        {
            Raise(new ThresholdAlert(scope, crossings[i], time.GetUtcNow()));
        }
    }

    private void Raise(ThresholdAlert alert)
    {
        var (limit, window, percent, spent, amount) = alert.Crossing;
        var (unit, each) = (Limit.Units[(int)limit.Unit], Limit.Windows[(int)limit.Window]);
        GatewayMeter.AddThreshold(percent, unit, each, alert.Kind);
        var level = percent < 80 ? LogLevel.Information : LogLevel.Warning;
        if (window.End == DateTimeOffset.MaxValue)
        {
            LogTotal(logger, level, alert.Scope, percent, amount, unit, spent);
        }
        else
        {
            LogWindow(logger, level, alert.Scope, percent, amount, unit, each, spent, window.End);
        }
        webhook?.Post(alert);
    }

    [LoggerMessage(Message = "{Scope} has reached {Percent} % of its limit of {Amount} {Unit} per {Window}: {Spent} are spent. It resets at {ResetsAt:yyyy-MM-ddTHH:mm:ssZ}.")]
    private static partial void LogWindow(ILogger logger, LogLevel level, string scope, int percent, long amount, string unit, string window, long spent, DateTimeOffset resetsAt);

    [LoggerMessage(Message = "{Scope} has reached {Percent} % of its limit of {Amount} {Unit} in total: {Spent} are spent. It does not reset.")]
    private static partial void LogTotal(ILogger logger, LogLevel level, string scope, int percent, long amount, string unit, long spent);
}
