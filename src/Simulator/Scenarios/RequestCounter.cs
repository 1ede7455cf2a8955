using System.Collections.Concurrent;

namespace Tollgate.Simulator.Scenarios;

/// <summary>Counts the requests of each scenario, for the faults that stop after the first K.</summary>
internal sealed class RequestCounter
{
    private readonly ConcurrentDictionary<(string Model, string? Header), int> counts = new();

    /// <summary>The number of this request, from 1, among those with the same model and header.</summary>
    public int Next(string model, string? header) => counts.AddOrUpdate((model, header), 1, static (_, n) => n + 1);

    /// <summary>Starts all counts again.</summary>
    public void Reset() => counts.Clear();
}
