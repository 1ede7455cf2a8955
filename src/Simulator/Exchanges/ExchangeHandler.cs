using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Answers;
using Tollgate.Simulator.Scenarios;
using Tollgate.Simulator.Wires;

namespace Tollgate.Simulator.Exchanges;

/// <summary>The way of every request to a model: record, credential, check, fault or answer.</summary>
internal sealed class ExchangeHandler(RequestLog log, RequestCounter counter, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Handles a request. Model and stream come from the path where the wire has them there, else from the body.</summary>
    public async Task HandleAsync(HttpContext context, IWire wire, string? pathModel = null, bool? pathStream = null)
    {
        var pacer = new Pacer(time);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var bytes = await RequestReader.ReadAsync(context.Request, cancelled.Token);
        var body = Json.ParseObject(bytes.Span);
        var model = pathModel ?? body.At("model").Text() ?? "";
        var record = RequestReader.Record(context.Request, bytes, model, time.GetUtcNow(), log.OnChanged);
        log.Add(record);

        await using var watch = context.RequestAborted.Register(record.OnAborted);
        var call = new Call(model, pathStream ?? body.At("stream").Bool() ?? false, body ?? [], context.Request);
        try
        {
            await AnswerAsync(context, wire, call, body is not null, Ids.Seed(model, bytes.Span), record, pacer, cancelled.Token);
            log.CountServed();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && cancelled.IsCancellationRequested)
        {
            // The client has left, or the simulator stops with the request still open.
            if (!context.RequestAborted.IsCancellationRequested)
                record.OnCutByServer();
            context.Abort();
        }
        finally
        {
            record.OnEnded();
        }
    }

    private async Task AnswerAsync(
        HttpContext context, IWire wire, Call call, bool isJson, string seed, RecordedRequest record, Pacer pacer, CancellationToken ct)
    {
        context.Response.Headers[wire.RequestIdHeader] = Ids.Make("req_", seed, 0, 24);
        var exchange = new Exchange(context, wire, record, new Scenario([]), pacer) { Cancelled = ct };
        Prompt prompt;
        try
        {
            Authenticate(wire, context.Request);
            if (!isJson)
                throw RejectedException.Invalid("We could not parse the JSON body of your request: it has to be a JSON object without duplicate names.");
            prompt = wire.Read(call);
            exchange = exchange with { Scenario = ScenarioOf(call) };
        }
        catch (RejectedException e)
        {
            await exchange.RejectAsync(e.Rejection);
            return;
        }

        if (await Preflight.TryHandleAsync(exchange, prompt))
            return;
        await SendAsync(exchange, call, Composer.Compose(call.Model, seed, prompt, exchange.Scenario, time.GetUtcNow()));
    }

    private async Task SendAsync(Exchange exchange, Call call, Answer answer)
    {
        exchange.Record.OnAnswer(answer.Prompt.Tokens, answer.CompletionTokens);
        if (!call.Streamed || !exchange.Wire.SendsEvents(call.Request))
        {
            JsonNode reply = call.Streamed
                ? new JsonArray([.. exchange.Wire.Stream(answer).Select(e => JsonNode.Parse(e.Data))])
                : exchange.Wire.Whole(answer);
            await WholeReply.SendAsync(exchange, answer, reply);
            return;
        }

        log.CountStream(1);
        try
        {
            await new StreamReply(exchange).SendAsync(answer);
        }
        finally
        {
            log.CountStream(-1);
        }
    }

    private Scenario ScenarioOf(Call call)
    {
        var header = Credentials.Header(call.Request, "x-sim");
        try
        {
            return ScenarioParser.Parse(call.Model, header).At(counter.Next(call.Model, header));
        }
        catch (FormatException e)
        {
            throw RejectedException.Invalid(e.Message, "x-sim");
        }
    }

    private static void Authenticate(IWire wire, HttpRequest request)
    {
        var credential = wire.Credential(request)
            ?? throw new RejectedException(new Rejection(ErrorKind.MissingKey, 401, "You didn't provide an API key."));
        if (credential.Contains("invalid", StringComparison.OrdinalIgnoreCase))
            throw new RejectedException(Rejection.OfStatus(StatusCodes.Status401Unauthorized));
    }
}
