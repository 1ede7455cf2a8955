using System.Diagnostics;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Tollgate.Telemetry;

namespace Tollgate.Benchmarks;

/// <summary>What a call's span and duration cost, and a measurement of an attempt, by who listens.</summary>
[MemoryDiagnoser]
public class TelemetryBenchmarks : IDisposable
{
    private readonly HttpRequest request = new DefaultHttpContext().Request;
    private readonly MeterListener meters = new();
    private ActivityListener? spans;

    public enum Listeners
    {
        Nobody,
        Metrics,
        MetricsAndSpans,
    }

    [ParamsAllValues]
    public Listeners Heard { get; set; }

    [GlobalSetup]
    public void Listen()
    {
        request.Headers.TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        if (Heard != Listeners.Nobody)
        {
            meters.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Source)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            meters.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
            meters.Start();
        }
        if (Heard == Listeners.MetricsAndSpans)
        {
            ActivitySource.AddActivityListener(spans = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == TelemetryNames.Source,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            });
        }
    }

    [Benchmark]
    public void Call()
    {
        using var trace = CallTrace.Start(request, TimeProvider.System);
        trace?.End(429, "budget_exceeded");
    }

    [Benchmark]
    public void Write() => GatewayMeter.AddLedgerWrite(TimeSpan.FromMilliseconds(5), failed: null, rows: 1);

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        meters.Dispose();
        spans?.Dispose();
    }
}
