using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tollgate.Telemetry;

namespace Tollgate.EndToEnd.Tests.Telemetry;

/// <summary>What all gateways of this process say while it listens. A test finds its own call by the trace that it sent.</summary>
internal sealed class Heard : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<Activity> spans = [];
    private readonly List<Measured> measurements = [];
    private readonly List<Instrument> instruments = [];
    private readonly List<(Func<Activity, bool> Wanted, TaskCompletionSource<Activity> Found)> waiting = [];
    private readonly ActivityListener spanListener;
    private readonly MeterListener meterListener = new();

    public Heard(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        spanListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(spanListener);
        meterListener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TelemetryNames.Source)
            {
                lock (gate)
                {
                    instruments.Add(instrument);
                }
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meterListener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        meterListener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        meterListener.Start();
    }

    public IReadOnlyList<Instrument> Instruments => Copy(instruments);

    public IReadOnlyList<Activity> Spans => Copy(spans);

    public IReadOnlyList<Measured> Measurements
    {
        get
        {
            meterListener.RecordObservableInstruments();
            return Copy(measurements);
        }
    }

    /// <summary>The span of a trace's call, once it has ended.</summary>
    public Task<Activity> CallAsync(ActivityTraceId trace) => SpanAsync(span => span.Kind == ActivityKind.Server && span.TraceId == trace);

    /// <summary>The attempts of a call that has ended.</summary>
    public IReadOnlyList<Activity> AttemptsOf(Activity call) => [.. Spans.Where(span => span.Kind == ActivityKind.Client && span.TraceId == call.TraceId)];

    public void Dispose()
    {
        spanListener.Dispose();
        meterListener.Dispose();
    }

    private Task<Activity> SpanAsync(Func<Activity, bool> wanted)
    {
        lock (gate)
        {
            if (spans.Find(span => wanted(span)) is { } there)
            {
                return Task.FromResult(there);
            }
            var found = new TaskCompletionSource<Activity>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((wanted, found));
            return found.Task.WaitAsync(Faults.FaultFixture.Patience);
        }
    }

    private void Add(Activity span)
    {
        lock (gate)
        {
            spans.Add(span);
            foreach (var (wanted, found) in waiting)
            {
                if (wanted(span))
                {
                    found.TrySetResult(span);
                }
            }
        }
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var measured = new Measured(instrument.Name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value));
        lock (gate)
        {
            measurements.Add(measured);
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (gate)
        {
            return [.. list];
        }
    }
}

/// <summary>One measurement.</summary>
internal sealed record Measured(string Name, double Value, IReadOnlyDictionary<string, object?> Tags)
{
    public object? this[string tag] => Tags.GetValueOrDefault(tag);
}
