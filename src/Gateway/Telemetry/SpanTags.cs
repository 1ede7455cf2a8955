using System.Diagnostics;
using Tollgate.Conversation;
using Tollgate.Routing;
using Tollgate.Upstream;

namespace Tollgate.Telemetry;

/// <summary>What the spans of calls and of attempts say alike.</summary>
internal static class SpanTags
{
    public static void SetDeployment(this Activity span, Deployment deployment)
    {
        span.SetTag(TelemetryNames.Attributes.Provider, ProviderNames.Of(deployment.Settings));
        span.SetTag(TelemetryNames.Attributes.Deployment, deployment.Name);
        if (deployment.Region.Length > 0)
        {
            span.SetTag(TelemetryNames.Attributes.Region, deployment.Region);
        }
    }

    public static void SetUsage(this Activity span, in TokenUsage usage, long microUsd)
    {
        span.SetTag(TelemetryNames.Attributes.InputTokens, usage.Prompt);
        span.SetTag(TelemetryNames.Attributes.OutputTokens, usage.Completion);
        SetIfAny(span, TelemetryNames.Attributes.CacheReadTokens, usage.CacheRead);
        SetIfAny(span, TelemetryNames.Attributes.CacheWriteTokens, usage.CacheWrite5m + usage.CacheWrite1h);
        SetIfAny(span, TelemetryNames.Attributes.ReasoningTokens, usage.Reasoning);
        span.SetTag(TelemetryNames.Attributes.CostMicroUsd, microUsd);
    }

    public static void SetFinish(this Activity span, UpstreamReply reply)
    {
        if (reply.Finishes.ToArray() is { Length: > 0 } reasons)
        {
            span.SetTag(TelemetryNames.Attributes.FinishReasons, reasons);
        }
    }

    /// <param name="span">The span.</param>
    /// <param name="error">Its <c>error.type</c>; null without an error.</param>
    /// <param name="isFault">The span's status is an error. A refusal is none: the gateway did what it is for.</param>
    public static void SetError(this Activity span, string? error, bool isFault)
    {
        if (error is not null)
        {
            span.SetTag(TelemetryNames.Attributes.ErrorType, error);
        }
        if (isFault)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static void SetIfAny(Activity span, string name, long tokens)
    {
        if (tokens > 0)
        {
            span.SetTag(name, tokens);
        }
    }
}
