using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tollgate.Telemetry;

/// <summary>The gateway's own measurements. Never any text.</summary>
internal static class GatewayMeter
{
    private static readonly Meter Meter = new(TollgateServices.TelemetryName);

    private static readonly Counter<long> Malformed = Meter.CreateCounter<long>(
        "tollgate.stream.malformed_events", "{event}", "Events of upstream streams that could not be read and were left out.");

    private static readonly Counter<long> Overrun = Meter.CreateCounter<long>(
        "tollgate.budget.overrun", "{token}", "Tokens charged to budgets beyond what was reserved for their calls.");

    public static void AddOverrun(long tokens) => Overrun.Add(tokens);

    private static readonly Counter<long> LostRows = Meter.CreateCounter<long>(
        "tollgate.ledger.lost_rows", "{row}", "Rows of the usage ledger that were given up: refused by the store, or not written when the process had to end.");

    /// <param name="rows">How many.</param>
    /// <param name="reason"><c>refused</c> or <c>shutdown</c>.</param>
    public static void AddLostRows(int rows, string reason) => LostRows.Add(rows, new KeyValuePair<string, object?>("reason", reason));

    private static readonly Counter<long> Threshold = Meter.CreateCounter<long>(
        "tollgate.budget.threshold", "{event}", "Limits whose window has reached 50, 80 or 100 percent of its amount.");

    private static readonly Counter<long> LostAlerts = Meter.CreateCounter<long>(
        "tollgate.alerts.lost", "{event}", "Events that the webhook was not sent or did not take.");

    /// <summary>Whose limit it is would be a time series for each of them, so it is not said.</summary>
    /// <param name="percent">50, 80 or 100.</param>
    /// <param name="unit">As in <c>gateway.json</c>.</param>
    /// <param name="window">As in <c>gateway.json</c>.</param>
    /// <param name="scope"><c>tenant</c>, <c>key</c> or <c>user</c>.</param>
    public static void AddThreshold(int percent, string unit, string window, string scope) =>
        Threshold.Add(1, new TagList { { "percent", percent }, { "unit", unit }, { "window", window }, { "scope", scope } });

    /// <param name="events">How many.</param>
    /// <param name="reason"><c>full</c>, <c>failed</c> or <c>shutdown</c>.</param>
    public static void AddLostAlerts(int events, string reason) => LostAlerts.Add(events, new KeyValuePair<string, object?>("reason", reason));

    private static readonly Counter<long> Loops = Meter.CreateCounter<long>(
        "tollgate.loops", "{call}", "Calls that were slowed or refused because their key keeps sending the same prompt.");

    /// <param name="outcome"><c>slowed</c> or <c>refused</c>.</param>
    public static void AddLoop(string outcome) => Loops.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void AddMalformed(int events, string deployment)
    {
        if (events > 0)
        {
            Malformed.Add(events, new KeyValuePair<string, object?>("deployment", deployment));
        }
    }
}
