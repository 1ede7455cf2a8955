using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires;

/// <summary>One event of a stream: its name, where the wire names them, its data and its part in the answer.</summary>
internal readonly record struct WireEvent(string? Name, string Data, Part Part)
{
    /// <summary>An event whose data is JSON.</summary>
    public static WireEvent Of(Part part, JsonObject data, string? name = null) => new(name, Json.Write(data), part);
}

/// <summary>An event's part in the answer. Faults that count chunks strike before a token or the closing.</summary>
internal enum Part
{
    /// <summary>What goes before the first token, or frames a run of them.</summary>
    Frame,

    /// <summary>A generated chunk.</summary>
    Token,

    /// <summary>What tells the end.</summary>
    Closing,
}
