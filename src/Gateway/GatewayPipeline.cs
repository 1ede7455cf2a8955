using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tollgate.Admission;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Settlement;
using Tollgate.Streaming;
using Tollgate.Telemetry;
using Tollgate.Tenants;
using Tollgate.Upstream;

namespace Tollgate;

/// <summary>A chat completion from its key to its row in the ledger. Each step's result is the next step's only input.</summary>
internal sealed partial class GatewayPipeline(
    Authenticator authenticator,
    IntakeReader intake,
    Router router,
    Admitter admitter,
    Dispatcher dispatcher,
    Settler settler,
    TimeProvider time,
    ILogger<GatewayPipeline> logger)
{
    /// <summary>Answers one call, in whatever way it ends.</summary>
    /// <param name="http">The call.</param>
    /// <param name="pathModel">The model of Azure's path shape; null where it is in the body.</param>
    public async Task RunAsync(HttpContext http, string? pathModel)
    {
        var id = RequestId.Give(http, time);
        using var trace = CallTrace.Start(http.Request, time);
        try
        {
            var caller = await authenticator.AuthenticateAsync(http.Request);
            using var call = await intake.ReadAsync(http, id, caller, pathModel);
            trace?.Took(call);
            var plan = router.Plan(call);
            var admitted = await admitter.AdmitAsync(call, plan, http.RequestAborted);
            await AnswerAsync(http, admitted);
        }
        catch (CallerErrorException refused)
        {
            trace?.End(refused.Status, ErrorWords.Of(refused));
            await OpenAiErrorResponse.WriteAsync(http, CallerError.Of(refused));
        }
        catch (BudgetRefusedException refused)
        {
            GatewayMeter.AddRefusal(refused);
            trace?.End(429, refused.Code);
            RateLimitHeaders.Write(http.Response.Headers, refused.Standing, time.GetUtcNow());
            await OpenAiErrorResponse.WriteAsync(http, BudgetErrors.For(refused));
        }
        catch (BadHttpRequestException broken)
        {
            trace?.End(broken.StatusCode, "bad_request");
            await OpenAiErrorResponse.WriteAsync(http, new CallerError(broken.StatusCode, ErrorTypes.InvalidRequest, "bad_request", "The request body could not be read."));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be told.
            trace?.End(499, TelemetryNames.Values.Disconnected);
        }
        catch (Exception unexpected)
        {
            // The exception's text could hold anything; its type and place are enough to find it.
            LogUnexpected(logger, id, unexpected.GetType().Name, unexpected.StackTrace);
            trace?.End(500, unexpected.GetType().FullName);
            await OpenAiErrorResponse.WriteAsync(http, new CallerError(500, ErrorTypes.Server, "internal_error", $"The gateway failed. Its log says more under {id}."));
        }
    }

    /// <summary>From admission on, every way out settles: budget and ledger are told exactly once.</summary>
    private async Task AnswerAsync(HttpContext http, AdmittedCall admitted)
    {
        var settled = false;
        try
        {
            var stream = new CallerStream(http, time);
            var dispatched = await DispatchAsync(admitted, stream, http.RequestAborted);
            using var reply = dispatched.Reply;
            settled = true;
            switch (reply)
            {
                case null:
                    await FailAsync(http, admitted, dispatched, stream);
                    break;
                case WholeReply whole:
                    await WriteWholeAsync(http, admitted, whole);
                    break;
                case StreamedReply streamed:
                    await RelayAsync(http, admitted, streamed, stream);
                    break;
            }
        }
        finally
        {
            if (!settled)
            {
                settler.SettleFailed(admitted, null, CallStatus.Failed, 500);
            }
        }
    }

    /// <summary>While upstreams are silent, a caller who waits for a stream is told that the gateway is alive.</summary>
    private async Task<Dispatched> DispatchAsync(AdmittedCall admitted, CallerStream stream, CancellationToken callerGone)
    {
        var sending = dispatcher.SendAsync(admitted, callerGone);
        while (admitted.Call.Scan.Stream && !sending.IsCompleted)
        {
            try
            {
                return await sending.WaitAsync(StreamWatch.KeepAliveInterval, time, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                await KeepAliveAsync(stream, callerGone);
            }
        }
        return await sending;
    }

    private static async Task KeepAliveAsync(CallerStream stream, CancellationToken callerGone)
    {
        try
        {
            await stream.KeepAliveAsync(callerGone);
        }
        catch (OperationCanceledException) when (callerGone.IsCancellationRequested)
        {
            // The caller left. The attempt ends too, and has to before the request's body is given back.
        }
    }

    private async Task FailAsync(HttpContext http, AdmittedCall admitted, Dispatched dispatched, CallerStream stream)
    {
        if (dispatched is { Failure: null, Refusal: null })
        {
            settler.SettleFailed(admitted, dispatched, CallStatus.Disconnected, 499);
            return;
        }
        var error = dispatched.Refusal is { } refused ? CallerError.Of(refused) : FailureTable.For(dispatched.Failure!);
        settler.SettleFailed(admitted, dispatched, CallStatus.Failed, error.Status);
        if (dispatched.Failure is { } failure)
        {
            LogFailed(logger, admitted.Call.Id, admitted.Row.Tenant, dispatched.LastTarget.Name, failure.Kind, failure.Status, dispatched.Attempts);
        }
        if (stream.IsStarted)
        {
            OpenAiErrorWriter.WriteEvent(stream.Writer, error);
            await stream.FlushAsync(http.RequestAborted);
            return;
        }
        if (dispatched.Attempts > 0)
        {
            ReplyHeaders.Attempted(http.Response.Headers, dispatched.LastTarget, dispatched.Attempts, dispatched.RouteReason);
        }
        await OpenAiErrorResponse.WriteAsync(http, error);
    }

    private async Task WriteWholeAsync(HttpContext http, AdmittedCall admitted, WholeReply reply)
    {
        var cost = Settler.Price(admitted, reply);
        settler.Settle(admitted, reply, cost, CallStatus.Ok, firstTokenMs: null);
        ReplyHeaders.Answered(http.Response.Headers, reply, admitted.Reservation, time.GetUtcNow());
        ReplyHeaders.Cost(http.Response.Headers, cost.MicroUsd);
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = reply.Body.Length;
        await http.Response.BodyWriter.WriteAsync(reply.Body, http.RequestAborted);
    }

    private async Task RelayAsync(HttpContext http, AdmittedCall admitted, StreamedReply reply, CallerStream stream)
    {
        var firstTokenMs = time.GetElapsedTime(admitted.Call.StartedAt).TotalMilliseconds;
        var status = CallStatus.Disconnected;
        CallCost? cost = null;
        try
        {
            if (!stream.IsStarted)
            {
                ReplyHeaders.Answered(http.Response.Headers, reply, admitted.Reservation, time.GetUtcNow());
                stream.Start();
            }
            var failure = await reply.RelayAsync(stream, time);
            if (failure is { Kind: FailureKind.Timeout } && admitted.Call.IsOutOfTime(time))
            {
                failure = new UpstreamFailure(FailureKind.Deadline, 504);
            }
            else if (failure is not null)
            {
                await reply.Deployment.Health.Breaker.NoteCutAsync();
            }
            status = failure is null ? CallStatus.Ok : CallStatus.Cut;
            reply.Failure = failure;
            cost = Settler.Price(admitted, reply);
            if (failure is null)
            {
                reply.Lane.Close(stream.Writer, cost.Answer, cost.MicroUsd);
            }
            else
            {
                LogFailed(logger, admitted.Call.Id, admitted.Row.Tenant, reply.Deployment.Name, failure.Kind, failure.Status, reply.Attempts);
                OpenAiErrorWriter.WriteEvent(stream.Writer, FailureTable.For(failure));
            }
        }
        finally
        {
            GatewayMeter.AddMalformed(reply.Lane.Malformed, reply.Deployment.Name);
            settler.Settle(admitted, reply, cost ?? Settler.Price(admitted, reply), status, firstTokenMs);
        }
        await stream.FlushAsync(http.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{RequestId} of tenant {Tenant} failed at {Deployment}: {Kind} ({Status}) after {Attempts} attempts.")]
    private static partial void LogFailed(ILogger logger, string requestId, string tenant, string deployment, FailureKind kind, int status, int attempts);

    [LoggerMessage(Level = LogLevel.Error, Message = "{RequestId} failed unexpectedly with {Exception} at {Stack}")]
    private static partial void LogUnexpected(ILogger logger, string requestId, string exception, string? stack);
}
