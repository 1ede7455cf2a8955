using System.Diagnostics;
using System.Text;
using Tollgate.Admission;
using Tollgate.Errors;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Settlement;
using Tollgate.Upstream;

namespace Tollgate.Telemetry;

/// <summary>One attempt as telemetry sees it: its span, and what is measured of it.</summary>
internal sealed class AttemptTrace
{
    /// <summary>The longest <c>tracestate</c> that has to be passed on: https://www.w3.org/TR/trace-context/#tracestate-limits.</summary>
    private const int MostState = 512;

    private readonly Activity? span;
    private readonly Deployment deployment;
    private readonly Dispatched? previous;
    private readonly TimeProvider time;
    private readonly long startedAt;
    private readonly string kind;
    private readonly TagList tags;
    private TimeSpan? firstChunk;

    private AttemptTrace(Deployment deployment, Dispatched? previous, TimeProvider time)
    {
        (this.deployment, this.previous, this.time, startedAt) = (deployment, previous, time, time.GetTimestamp());
        kind = previous is null ? TelemetryNames.Values.First : previous.LastTarget == deployment ? TelemetryNames.Values.Retry : TelemetryNames.Values.Failover;
        tags = new TagList
        {
            { TelemetryNames.Attributes.Operation, TelemetryNames.Spans.Chat },
            { TelemetryNames.Attributes.Provider, ProviderNames.Of(deployment.Settings) },
            { TelemetryNames.Attributes.RequestModel, deployment.Profile.Model },
            { TelemetryNames.Attributes.ServerAddress, deployment.Address.Json.Host },
            { TelemetryNames.Attributes.ServerPort, deployment.Address.Json.Port },
            { TelemetryNames.Attributes.Deployment, deployment.Name },
        };
        if (deployment.Region.Length > 0)
        {
            tags.Add(TelemetryNames.Attributes.Region, deployment.Region);
        }
        span = GatewayTrace.StartAttempt();
    }

    /// <summary>Begins with the attempt.</summary>
    /// <param name="admitted">The call.</param>
    /// <param name="deployment">Where to.</param>
    /// <param name="previous">How the attempt before it ended; null for the first.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Null when nobody listens.</returns>
    public static AttemptTrace? Start(AdmittedCall admitted, Deployment deployment, Dispatched? previous, TimeProvider time)
    {
        if (!GatewayTrace.IsHeard && !GenAiMeter.HearsAttempts)
        {
            return null;
        }
        var trace = new AttemptTrace(deployment, previous, time);
        if (trace.span is { IsAllDataRequested: true } span)
        {
            span.DisplayName = $"{TelemetryNames.Spans.Chat} {deployment.Profile.Model}";
            foreach (var (name, value) in trace.tags)
            {
                span.SetTag(name, value);
            }
            span.SetTag(TelemetryNames.Attributes.RequestStream, admitted.Call.Scan.Stream);
            span.SetTag(TelemetryNames.Attributes.AttemptNumber, (previous?.Attempts ?? 0) + 1);
            span.SetTag(TelemetryNames.Attributes.AttemptKind, trace.kind);
            if (previous?.Failure is { } failure)
            {
                span.SetTag(TelemetryNames.Attributes.AttemptCause, ErrorWords.Of(failure.Kind));
            }
        }
        return trace;
    }

    /// <summary>Has the upstream go on with the trace. Nothing else that the caller sent along with its context goes out: no baggage.</summary>
    public void WriteContext(HttpRequestMessage request)
    {
        if ((span ?? GatewayTrace.Current) is not { } context)
        {
            return;
        }
        request.Headers.TryAddWithoutValidation("traceparent", context.Id);
        if (context.TraceStateString is { Length: > 0 and <= MostState } state && Ascii.IsValid(state))
        {
            request.Headers.TryAddWithoutValidation("tracestate", state);
        }
    }

    /// <summary>The head of an answer came.</summary>
    public void Responded(int httpStatus) => span?.SetTag(TelemetryNames.Attributes.HttpStatus, httpStatus);

    /// <summary>A stream's first output came.</summary>
    public void Began() => firstChunk = time.GetElapsedTime(startedAt);

    /// <summary>It brought the answer, in whole or in part, which is over now.</summary>
    public void Answered(UpstreamReply reply, CallCost cost, CallStatus outcome)
    {
        var error = ErrorWords.Of(reply, outcome);
        var microUsd = cost.MicroUsd - CostCalculator.Rounded(reply.Earlier.MicroUsd());
        GenAiMeter.AddUsage(tags, cost.Answer, microUsd);
        if (span is { IsAllDataRequested: true })
        {
            span.SetUsage(cost.Answer, microUsd);
            span.SetFinish(reply);
        }
        End(error, isFault: outcome == CallStatus.Cut);
    }

    /// <summary>It brought nothing.</summary>
    /// <param name="failure">Why; null where the caller left.</param>
    /// <param name="used">What may be billed all the same; null for nothing.</param>
    public void Failed(UpstreamFailure? failure, BilledAttempt? used)
    {
        if (used is not null)
        {
            var microUsd = CostCalculator.Rounded(used.MicroUsd);
            GenAiMeter.AddUsage(tags, used.Usage, microUsd);
            span?.SetUsage(used.Usage, microUsd);
        }
        End(failure is null ? TelemetryNames.Values.Disconnected : ErrorWords.Of(failure.Kind), isFault: failure is not null);
    }

    /// <summary>It ended in an exception. Where the request cannot be said in the deployment's wire, none went out: there was no attempt.</summary>
    public void Threw(Exception thrown)
    {
        if (thrown is not CallerErrorException)
        {
            End(thrown.GetType().FullName, isFault: true);
        }
        else if (span is not null)
        {
            span.IsAllDataRequested = false;
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            span.Dispose();
        }
    }

    private void End(string? error, bool isFault)
    {
        GenAiMeter.AddAttempt(tags, error, time.GetElapsedTime(startedAt), firstChunk);
        GenAiMeter.CountAttempt(deployment.Name, kind, error);
        if (kind == TelemetryNames.Values.Failover && previous?.Failure is { } failed)
        {
            GenAiMeter.CountFailover(previous.LastTarget.Name, ErrorWords.Of(failed.Kind));
        }
        if (span is { IsAllDataRequested: true })
        {
            if (firstChunk is { } first)
            {
                span.SetTag(TelemetryNames.Attributes.TimeToFirstChunk, first.TotalSeconds);
            }
            span.SetError(error, isFault);
        }
        span?.Dispose();
    }
}
