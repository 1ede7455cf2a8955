using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Answers;
using Tollgate.Simulator.Scenarios;
using Tollgate.Simulator.Wires;

namespace Tollgate.Simulator.Exchanges;

/// <summary>The faults that come in place of an answer.</summary>
internal static class Preflight
{
    private const int DefaultWindow = 8192;
    private const string Page = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\n";

    /// <summary>Plays such a fault, if the scenario has one. The first of them in this order wins.</summary>
    /// <returns>Whether the request is dealt with.</returns>
    public static async Task<bool> TryHandleAsync(Exchange exchange, Prompt prompt)
    {
        var scenario = exchange.Scenario;
        if (scenario.Has(Knob.Hang))
            await Connections.HangAsync(exchange.Cancelled);
        if (scenario.Has(Knob.Reset))
            Connections.Reset(exchange.Context, exchange.Record);
        else if (scenario.Has(Knob.Html) || scenario.Has(Knob.HtmlInSuccess))
            await SendPageAsync(exchange, scenario.Has(Knob.Html) ? StatusCodes.Status502BadGateway : StatusCodes.Status200OK);
        else if (Rejection(scenario, prompt, exchange.Wire) is { } rejection)
            await exchange.RejectAsync(rejection with { RetryAfter = scenario[Knob.RetryAfter] });
        else
            return false;
        return true;
    }

    private static Task SendPageAsync(Exchange exchange, int status)
    {
        exchange.Context.Response.StatusCode = status;
        return exchange.SendAsync(Page, "text/html; charset=utf-8");
    }

    private static Rejection? Rejection(Scenario scenario, Prompt prompt, IWire wire)
    {
        if (scenario[Knob.Status] is { } status)
            return Wires.Rejection.OfStatus(status);
        if (scenario.Has(Knob.Quota))
            return new Rejection(ErrorKind.Quota, 429, "You exceeded your current quota, please check your plan and billing details.");
        if (scenario.Has(Knob.Block) && wire.BlocksByError)
            return new Rejection(ErrorKind.ContentFilter, 400, "The response was filtered due to the prompt triggering the content management policy.");
        var window = scenario[Knob.ContextWindow] ?? DefaultWindow;
        if (scenario.Has(Knob.Overflow))
            return wire.Overflow(Math.Max(prompt.Tokens, window + 1), window);
        return scenario.Has(Knob.ContextWindow) && prompt.Tokens > window ? wire.Overflow(prompt.Tokens, window) : null;
    }
}
