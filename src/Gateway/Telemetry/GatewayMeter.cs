using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tollgate.Admission;

namespace Tollgate.Telemetry;

/// <summary>The gateway's own measurements; those of calls and attempts are <see cref="GenAiMeter"/>'s. Never any text.</summary>
internal static class GatewayMeter
{
    public static readonly Meter Meter = new(TelemetryNames.Source);

    private static readonly double[] Seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

    private static readonly Counter<long> Malformed = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.MalformedEvents, "{event}", "Events of upstream streams that could not be read and were left out.");

    private static readonly Counter<long> BreakerChanges = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.BreakerChanges, "{change}", "Breakers of deployments that opened, began to try again, or closed.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.BudgetRefusals, "{call}", "Calls refused because a limit leaves no room, or could not be looked up.");

    private static readonly Counter<long> Unchecked = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.BudgetUnchecked, "{call}", "Calls let through without a reservation, because the budget could not be looked up.");

    private static readonly Counter<long> Overrun = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.BudgetOverrun, "{token}", "Tokens charged to budgets beyond what was reserved for their calls.");

    private static readonly Counter<long> Threshold = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.BudgetThreshold, "{event}", "Limits whose window has reached 50, 80 or 100 percent of its amount.");

    private static readonly Counter<long> LostAlerts = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.AlertsLost, "{event}", "Events that the webhook was not sent or did not take.");

    private static readonly Counter<long> Loops = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.Loops, "{call}", "Calls that were slowed or refused because their key keeps sending the same prompt.");

    private static readonly Counter<long> LeaseMessages = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.LeaseMessages, "{message}", "Messages to the entities that keep shared budgets.");

    private static readonly Counter<long> LeaseClaims = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.LeaseClaims, "{lease}", "Tries to take a lease that waits to be taken.");

    private static readonly Counter<long> LostLeases = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.LeasesLost, "{lease}", "Leases that their entity took away while they were in use.");

    private static readonly Histogram<double> LeaseWaits = Meter.CreateHistogram(
        TelemetryNames.Metrics.LeaseWait, "s", "How long calls waited for a lease that this instance did not hold.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static readonly Histogram<double> LedgerWrites = Meter.CreateHistogram(
        TelemetryNames.Metrics.LedgerWriteDuration, "s", "Duration of writes to the usage ledger.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.LedgerRetries, "{row}", "Rows of the usage ledger that have to be written again because their write failed.");

    private static readonly Counter<long> LostRows = Meter.CreateCounter<long>(
        TelemetryNames.Metrics.LedgerLostRows, "{row}", "Rows of the usage ledger that were given up: refused by the store, or not written when the process had to end.");

    /// <summary>Scopes of budgets that this instance holds a lease of.</summary>
    public static LiveSum LeasesHeld { get; } = new(Meter, TelemetryNames.Metrics.LeasesHeld, "{lease}", "Leases of budgets in use by this instance.");

    /// <summary>Rows of the usage ledger that wait or are being written.</summary>
    public static LiveSum LedgerQueue { get; } = new(Meter, TelemetryNames.Metrics.LedgerQueue, "{row}", "Rows of the usage ledger that wait or are being written.");

    public static void AddMalformed(int events, string deployment)
    {
        if (events > 0)
        {
            Malformed.Add(events, Tag(TelemetryNames.Attributes.Deployment, deployment));
        }
    }

    /// <param name="deployment">Whose.</param>
    /// <param name="state"><c>open</c>, <c>half_open</c> or <c>closed</c>.</param>
    public static void AddBreakerChange(string deployment, string state) =>
        BreakerChanges.Add(1, Tag(TelemetryNames.Attributes.Deployment, deployment), Tag(TelemetryNames.Attributes.BreakerState, state));

    /// <summary>Whose limit it is would be a time series for each of them, so it is not said.</summary>
    public static void AddRefusal(BudgetRefusedException refused)
    {
        if (Refusals.Enabled)
        {
            var (unit, window) = refused.Standing.Limit;
            Refusals.Add(1, new TagList
            {
                { TelemetryNames.Attributes.Reason, refused.Code },
                { TelemetryNames.Attributes.Unit, Limit.Units[(int)unit] },
                { TelemetryNames.Attributes.Window, unit == LimitUnit.Concurrency ? TelemetryNames.Values.None : Limit.Windows[(int)window] },
                { TelemetryNames.Attributes.Scope, Limit.Scopes[(int)refused.Scope] },
            });
        }
    }

    /// <summary>A call was refused because its budget could not be looked up.</summary>
    public static void AddUnavailable() => Refusals.Add(1, Tag(TelemetryNames.Attributes.Reason, TelemetryNames.Values.Unavailable));

    public static void AddUnchecked() => Unchecked.Add(1);

    public static void AddOverrun(long tokens) => Overrun.Add(tokens);

    /// <summary>Whose limit it is would be a time series for each of them, so it is not said.</summary>
    /// <param name="percent">50, 80 or 100.</param>
    /// <param name="unit">As in <c>gateway.json</c>.</param>
    /// <param name="window">As in <c>gateway.json</c>.</param>
    /// <param name="scope"><c>tenant</c>, <c>key</c> or <c>user</c>.</param>
    public static void AddThreshold(int percent, string unit, string window, string scope) => Threshold.Add(1, new TagList
    {
        { TelemetryNames.Attributes.Percent, percent },
        { TelemetryNames.Attributes.Unit, unit },
        { TelemetryNames.Attributes.Window, window },
        { TelemetryNames.Attributes.Scope, scope },
    });

    /// <param name="events">How many.</param>
    /// <param name="reason"><c>full</c>, <c>failed</c> or <c>shutdown</c>.</param>
    public static void AddLostAlerts(int events, string reason) => LostAlerts.Add(events, Tag(TelemetryNames.Attributes.Reason, reason));

    /// <param name="isRefused">Else it is slowed.</param>
    public static void AddLoop(bool isRefused) => Loops.Add(1, Tag(TelemetryNames.Attributes.Outcome, isRefused ? TelemetryNames.Values.Refused : TelemetryNames.Values.Slowed));

    /// <param name="isAwaited">A caller waits for the answer.</param>
    /// <param name="isAnswered">It was answered in time.</param>
    public static void AddLeaseMessage(bool isAwaited, bool isAnswered)
    {
        if (LeaseMessages.Enabled)
        {
            var tags = new TagList { { TelemetryNames.Attributes.LeaseMessage, isAwaited ? TelemetryNames.Values.Ask : TelemetryNames.Values.Tell } };
            if (!isAnswered)
            {
                tags.Add(TelemetryNames.Attributes.ErrorType, TelemetryNames.Values.Unavailable);
            }
            LeaseMessages.Add(1, tags);
        }
    }

    /// <param name="isTaken">One was there and is this instance's now.</param>
    public static void AddLeaseClaim(bool isTaken) => LeaseClaims.Add(1, Tag(TelemetryNames.Attributes.Outcome, isTaken ? TelemetryNames.Values.Taken : TelemetryNames.Values.None));

    public static void AddLostLease() => LostLeases.Add(1);

    public static void AddLeaseWait(TimeSpan waited) => LeaseWaits.Record(waited.TotalSeconds);

    /// <param name="took">From its beginning to the store's answer.</param>
    /// <param name="failed">Why nothing of it is written; null where it is.</param>
    /// <param name="rows">How many it held.</param>
    public static void AddLedgerWrite(TimeSpan took, Exception? failed, int rows)
    {
        if (failed is null)
        {
            LedgerWrites.Record(took.TotalSeconds);
            return;
        }
        LedgerWrites.Record(took.TotalSeconds, Tag(TelemetryNames.Attributes.ErrorType, failed.GetType().FullName));
        Retries.Add(rows);
    }

    /// <param name="rows">How many.</param>
    /// <param name="reason"><c>refused</c> or <c>shutdown</c>.</param>
    public static void AddLostRows(int rows, string reason) => LostRows.Add(rows, Tag(TelemetryNames.Attributes.Reason, reason));

    private static KeyValuePair<string, object?> Tag(string name, string? value) => new(name, value);
}
