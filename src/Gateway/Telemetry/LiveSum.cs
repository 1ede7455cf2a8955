using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tollgate.Telemetry;

/// <summary>An instrument that is asked what there is just now, of all parts of the process that say so.</summary>
internal sealed class LiveSum
{
    private readonly ConcurrentDictionary<object, Func<long>> parts = [];

    public LiveSum(Meter meter, string name, string unit, string description) =>
        meter.CreateObservableUpDownCounter(name, () => parts.Values.Sum(count => count()), unit, description);

    /// <summary>Counts a part in, until <see cref="Leave"/>.</summary>
    /// <param name="part">Which.</param>
    /// <param name="count">Asked whenever somebody wants to know, on any thread.</param>
    public void Join(object part, Func<long> count) => parts[part] = count;

    public void Leave(object part) => parts.TryRemove(part, out _);
}
