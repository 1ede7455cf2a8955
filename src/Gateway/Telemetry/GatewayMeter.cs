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

    public static void AddMalformed(int events, string deployment)
    {
        if (events > 0)
        {
            Malformed.Add(events, new KeyValuePair<string, object?>("deployment", deployment));
        }
    }
}
