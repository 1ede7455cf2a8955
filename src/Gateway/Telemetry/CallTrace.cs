using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Settlement;
using Tollgate.Upstream;

namespace Tollgate.Telemetry;

/// <summary>One call as telemetry sees it: its span, and what is measured of it. What it is told first of the call's end counts.</summary>
internal sealed class CallTrace : IDisposable
{
    private readonly Activity? span;
    private readonly TimeProvider time;
    private readonly long startedAt;
    private TagList tags = new() { { TelemetryNames.Attributes.Operation, TelemetryNames.Spans.Chat } };
    private string? error;
    private int status;

    private CallTrace(Activity? span, TimeProvider time)
    {
        (this.span, this.time, startedAt) = (span, time, time.GetTimestamp());
        span?.SetTag(TelemetryNames.Attributes.Operation, TelemetryNames.Spans.Chat);
    }

    /// <summary>Begins with the call.</summary>
    /// <returns>Null when nobody listens.</returns>
    public static CallTrace? Start(HttpRequest request, TimeProvider time)
    {
        var span = GatewayTrace.StartCall(request);
        return span is null && !GenAiMeter.HearsCalls ? null : new CallTrace(span, time);
    }

    /// <summary>The call is read: its model is one that the gateway knows.</summary>
    public void Took(IncomingCall call)
    {
        call.Trace = this;
        tags.Add(TelemetryNames.Attributes.RequestModel, call.Route.Name);
        if (span is { IsAllDataRequested: true })
        {
            span.DisplayName = $"{TelemetryNames.Spans.Chat} {call.Route.Name}";
            span.SetTag(TelemetryNames.Attributes.RequestModel, call.Route.Name);
            span.SetTag(TelemetryNames.Attributes.RequestStream, call.Scan.Stream);
            if (call.Scan.Choices != 1)
            {
                span.SetTag(TelemetryNames.Attributes.RequestChoices, call.Scan.Choices);
            }
            if (call.Scan.Cap is { } cap)
            {
                span.SetTag(TelemetryNames.Attributes.RequestMaxTokens, cap);
            }
            span.SetTag(TelemetryNames.Attributes.Tenant, call.Caller.Tenant.Id);
            span.SetTag(TelemetryNames.Attributes.RequestId, call.Id);
        }
    }

    /// <summary>It was answered, in whole or in part.</summary>
    public void Answered(UpstreamReply reply, CallCost cost, CallStatus outcome, double? firstTokenMs)
    {
        End(200, ErrorWords.Of(reply, outcome));
        Went(reply.Deployment);
        tags.Add(TelemetryNames.Attributes.ResponseModel, reply.Deployment.Profile.Model);
        if (firstTokenMs is { } first)
        {
            var firstToken = TimeSpan.FromMilliseconds(first);
            GenAiMeter.AddFirstToken(tags, firstToken);
            if (outcome == CallStatus.Ok && cost.Answer.Completion > 1)
            {
                GenAiMeter.AddOutput(tags, time.GetElapsedTime(startedAt) - firstToken, cost.Answer.Completion);
            }
            span?.SetTag(TelemetryNames.Attributes.TimeToFirstChunk, firstToken.TotalSeconds);
        }
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(TelemetryNames.Attributes.ResponseModel, reply.Deployment.Profile.Model);
            span.SetTag(TelemetryNames.Attributes.Attempts, reply.Attempts);
            span.SetTag(TelemetryNames.Attributes.Estimated, cost.Estimated);
            span.SetUsage(cost.Usage, cost.MicroUsd);
            span.SetFinish(reply);
        }
    }

    /// <summary>No attempt brought an answer, or none was made.</summary>
    public void Failed(Dispatched? dispatched, CallStatus outcome, int httpStatus)
    {
        End(httpStatus, (outcome, dispatched) switch
        {
            (CallStatus.Disconnected, _) => TelemetryNames.Values.Disconnected,
            (_, { Failure: { } failure }) => ErrorWords.Of(failure.Kind),
            (_, { Refusal: { } refusal }) => ErrorWords.Of(refusal),
            _ => null,
        });
        if (dispatched is null or { Attempts: 0 })
        {
            return;
        }
        Went(dispatched.LastTarget);
        span?.SetTag(TelemetryNames.Attributes.Attempts, dispatched.Attempts);
        if (dispatched.Used.Count > 0)
        {
            span?.SetTag(TelemetryNames.Attributes.Estimated, true);
            span?.SetUsage(dispatched.Used.Usage(), CostCalculator.Rounded(dispatched.Used.MicroUsd()));
        }
    }

    /// <summary>It was turned away, or ended in a way that nobody else told of.</summary>
    public void End(int httpStatus, string? errorType)
    {
        status = status == 0 ? httpStatus : status;
        error ??= errorType;
    }

    public void Dispose()
    {
        if (status >= 400)
        {
            error ??= TelemetryNames.Values.OtherError;
        }
        GenAiMeter.AddCall(tags, error, time.GetElapsedTime(startedAt));
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(TelemetryNames.Attributes.HttpStatus, status);
            span.SetError(error, isFault: status >= 500 || (status == 200 && error is not null and not TelemetryNames.Values.Disconnected));
        }
        span?.Dispose();
    }

    private void Went(Deployment deployment)
    {
        tags.Add(TelemetryNames.Attributes.Provider, ProviderNames.Of(deployment.Settings));
        span?.SetDeployment(deployment);
    }
}
