using System.Text;
using Tollgate.Simulator.Scenarios;
using Tollgate.Simulator.Wires;

namespace Tollgate.Simulator.Exchanges;

/// <summary>Writes server-sent events, see https://html.spec.whatwg.org/multipage/server-sent-events.html.</summary>
internal sealed class EventWriter(ReplySink sink, Scenario scenario)
{
    private readonly string line = scenario.Has(Knob.CarriageReturns) ? "\r\n" : "\n";
    private readonly bool comments = scenario.Has(Knob.Comments);

    /// <summary>Sends one event.</summary>
    public Task WriteAsync(WireEvent item, CancellationToken ct)
    {
        var text = new StringBuilder(item.Data.Length + 64);
        if (comments)
            text.Append(": keep-alive").Append(line).Append(line);
        if (item.Name is not null)
            text.Append("event: ").Append(item.Name).Append(line);
        text.Append("data: ").Append(item.Data).Append(line).Append(line);
        return sink.WriteAsync(text.ToString(), ct);
    }

    /// <summary>Sends an event whose data is no JSON.</summary>
    public Task WriteMalformedAsync(string? name, CancellationToken ct) =>
        WriteAsync(new WireEvent(name, "{\"id\":\"broken\",\"choices\":[{\"delta\":{\"content\":\"oo", Part.Frame), ct);
}
