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

    public static void AddMalformed(int events, string deployment)
    {
        if (events > 0)
        {
            Malformed.Add(events, new KeyValuePair<string, object?>("deployment", deployment));
        }
    }
}
