using Tollgate.Simulator.Answers;
using Tollgate.Simulator.Scenarios;
using Tollgate.Simulator.Wires;

namespace Tollgate.Simulator.Exchanges;

/// <summary>Sends an answer as server-sent events on the scenario's schedule, with the faults that strike within a stream.</summary>
internal sealed class StreamReply(Exchange exchange)
{
    private readonly Scenario scenario = exchange.Scenario;
    private readonly CancellationToken ct = exchange.Cancelled;
    private int tokens;
    private bool malformed;

    public async Task SendAsync(Answer answer)
    {
        await exchange.Pacer.UntilAsync(Due(), ct);
        exchange.Context.Response.Headers.CacheControl = "no-cache";
        await using var sink = await ReplySink.OpenAsync(exchange.Context.Response, scenario, "text/event-stream; charset=utf-8", null, ct);
        var writer = new EventWriter(sink, scenario);
        if (scenario.Has(Knob.Silent))
            await Connections.HangAsync(ct);
        if (scenario.Has(Knob.ErrorInSuccess))
        {
            await writer.WriteAsync(exchange.Wire.ErrorEvent(Exchange.ServerError), ct);
            return;
        }

        foreach (var item in exchange.Wire.Stream(answer))
        {
            if (item.Part != Part.Frame && await BreakAsync(writer, item))
                return;
            if (item.Part == Part.Token)
            {
                await exchange.Pacer.UntilAsync(Due(), ct);
                tokens++;
            }

            await writer.WriteAsync(item, ct);
        }
    }

    // When the next token goes out.
    private long Due() => (scenario[Knob.FirstDelay] ?? 0) + ((long)(scenario[Knob.ChunkDelay] ?? 0) * tokens);

    // Plays the fault that is due before this event; true if the stream is over.
    private async Task<bool> BreakAsync(EventWriter writer, WireEvent next)
    {
        if (IsDue(Knob.Malformed) && !malformed)
        {
            malformed = true;
            await writer.WriteMalformedAsync(next.Name, ct);
        }

        if (IsDue(Knob.ErrorEvent))
        {
            await writer.WriteAsync(exchange.Wire.ErrorEvent(Exchange.ServerError), ct);
            return true;
        }

        if (IsDue(Knob.Stall))
            await Connections.HangAsync(ct);
        if (IsDue(Knob.Cut))
        {
            Connections.Reset(exchange.Context, exchange.Record);
            return true;
        }

        return IsDue(Knob.End);
    }

    private bool IsDue(Knob fault) => scenario[fault] is { } after && tokens >= after;
}
