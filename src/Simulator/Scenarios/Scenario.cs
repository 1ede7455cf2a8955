using System.Collections.Frozen;

namespace Tollgate.Simulator.Scenarios;

/// <summary>What one request gets: the knobs that are set, with their numbers. Immutable.</summary>
internal sealed class Scenario(IEnumerable<KeyValuePair<Knob, Setting>> settings)
{
    private readonly FrozenDictionary<Knob, Setting> settings = settings.ToFrozenDictionary();

    /// <summary>The number of a knob; null if it is not set; 0 if it is set and takes no number.</summary>
    public int? this[Knob knob] => settings.TryGetValue(knob, out var setting) ? setting.Value : null;

    /// <summary>Whether the knob is set.</summary>
    public bool Has(Knob knob) => settings.ContainsKey(knob);

    /// <summary>The same scenario without the faults that are over by the given request, counted from 1.</summary>
    public Scenario At(int request) => new(settings.Where(s => request <= s.Value.Requests));
}

/// <summary>The number of a knob and for how many requests it holds.</summary>
internal sealed record Setting(int Value, int Requests);
