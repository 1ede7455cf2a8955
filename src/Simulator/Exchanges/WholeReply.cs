using System.Text;
using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;
using Tollgate.Simulator.Scenarios;

namespace Tollgate.Simulator.Exchanges;

/// <summary>Sends an answer as one JSON body, after the time all its tokens take. Faults within it strike at its middle.</summary>
internal static class WholeReply
{
    public static async Task SendAsync(Exchange exchange, Answer answer, JsonNode reply)
    {
        var (scenario, ct) = (exchange.Scenario, exchange.Cancelled);
        var last = Math.Max(0, answer.TokensPerChoice - 1);
        await exchange.Pacer.UntilAsync((scenario[Knob.FirstDelay] ?? 0) + ((long)(scenario[Knob.ChunkDelay] ?? 0) * last), ct);
        if (scenario.Has(Knob.ErrorInSuccess))
        {
            await exchange.SendAsync(Json.Write(exchange.Wire.Error(Exchange.ServerError)), "application/json");
            return;
        }

        if (scenario.Has(Knob.ErrorEvent))
        {
            await exchange.RejectAsync(Exchange.ServerError);
            return;
        }

        await SendBodyAsync(exchange, Encoding.UTF8.GetBytes(Json.Write(reply)));
    }

    private static async Task SendBodyAsync(Exchange exchange, byte[] bytes)
    {
        var (scenario, ct) = (exchange.Scenario, exchange.Cancelled);
        // A clean end in the middle is only possible where no length was promised.
        var open = scenario.Has(Knob.End) || scenario.Has(Knob.Malformed);
        await using var sink = await ReplySink.OpenAsync(exchange.Context.Response, scenario, "application/json", open ? null : bytes.Length, ct);
        if (scenario.Has(Knob.Silent))
            await Connections.HangAsync(ct);

        var half = bytes.Length / 2;
        await sink.WriteAsync(bytes.AsMemory(0, half), ct);
        if (scenario.Has(Knob.Cut))
        {
            Connections.Reset(exchange.Context, exchange.Record);
            return;
        }

        if (scenario.Has(Knob.End))
            return;
        if (scenario.Has(Knob.Stall))
            await Connections.HangAsync(ct);
        if (scenario.Has(Knob.Malformed))
            await sink.WriteAsync("\0{broken", ct);
        await sink.WriteAsync(bytes.AsMemory(half), ct);
    }
}
