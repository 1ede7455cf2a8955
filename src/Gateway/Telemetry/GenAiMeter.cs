using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tollgate.Conversation;

namespace Tollgate.Telemetry;

/// <summary>
/// Measurements of calls and attempts. Towards callers the gateway is OpenTelemetry's server: <c>gen_ai.server</c> is one call, failovers included. Towards
/// providers it is a client: <c>gen_ai.client</c> is one attempt. The histograms' limits are those that the conventions ask for.
/// </summary>
internal static class GenAiMeter
{
    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] };

    private static readonly Histogram<double> Requests = GatewayMeter.Meter.CreateHistogram(
        TelemetryNames.Metrics.RequestDuration, "s", "Duration of calls, from their arrival to the last byte of their answer.", advice: Durations);

    private static readonly Histogram<double> FirstTokens = GatewayMeter.Meter.CreateHistogram(
        TelemetryNames.Metrics.TimeToFirstToken, "s", "Time from a streamed call's arrival to its first output.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });

    private static readonly Histogram<double> OutputTokens = GatewayMeter.Meter.CreateHistogram(
        TelemetryNames.Metrics.TimePerOutputToken, "s", "Time for each output token of a whole stream after its first.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5] });

    private static readonly Histogram<double> Operations = GatewayMeter.Meter.CreateHistogram(
        TelemetryNames.Metrics.OperationDuration, "s", "Duration of attempts, from the request's preparation to the last byte of the provider's answer.", advice: Durations);

    private static readonly Histogram<double> FirstChunks = GatewayMeter.Meter.CreateHistogram(
        TelemetryNames.Metrics.TimeToFirstChunk, "s", "Time from the beginning of a streamed attempt to the provider's first output.", advice: Durations);

    private static readonly Histogram<long> Tokens = GatewayMeter.Meter.CreateHistogram(
        TelemetryNames.Metrics.TokenUsage, "{token}", "Tokens that attempts used, as the provider bills them or as counted.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

    private static readonly Counter<double> Costs = GatewayMeter.Meter.CreateCounter<double>(
        TelemetryNames.Metrics.Cost, "{USD}", "What attempts cost by the catalogue's prices, in US dollars.");

    private static readonly Counter<long> Attempts = GatewayMeter.Meter.CreateCounter<long>(
        TelemetryNames.Metrics.Attempts, "{attempt}", "Attempts that have ended.");

    private static readonly Counter<long> Failovers = GatewayMeter.Meter.CreateCounter<long>(
        TelemetryNames.Metrics.Failovers, "{failover}", "Times that a call went on to another deployment because one had failed.");

    public static bool HearsCalls => Requests.Enabled || FirstTokens.Enabled || OutputTokens.Enabled;

    public static bool HearsAttempts => Operations.Enabled || FirstChunks.Enabled || Tokens.Enabled || Costs.Enabled || Attempts.Enabled || Failovers.Enabled;

    /// <param name="tags">Without its error.</param>
    /// <param name="error">Its error; null where it was answered.</param>
    /// <param name="duration">All of it.</param>
    public static void AddCall(TagList tags, string? error, TimeSpan duration)
    {
        if (error is not null)
        {
            tags.Add(TelemetryNames.Attributes.ErrorType, error);
        }
        Requests.Record(duration.TotalSeconds, tags);
    }

    /// <param name="tags">Of its call.</param>
    /// <param name="firstToken">From the call's arrival.</param>
    public static void AddFirstToken(in TagList tags, TimeSpan firstToken) => FirstTokens.Record(firstToken.TotalSeconds, tags);

    /// <param name="tags">Of its call.</param>
    /// <param name="rest">From the first output to the last.</param>
    /// <param name="tokens">All output, at least 2.</param>
    public static void AddOutput(in TagList tags, TimeSpan rest, long tokens) => OutputTokens.Record(rest.TotalSeconds / (tokens - 1), tags);

    /// <param name="tags">Without its error; up to seven, so that nothing is allocated.</param>
    /// <param name="error">Its error; null where it was answered.</param>
    /// <param name="duration">All of it.</param>
    /// <param name="firstChunk">When a stream's first output came; null without any.</param>
    public static void AddAttempt(TagList tags, string? error, TimeSpan duration, TimeSpan? firstChunk)
    {
        if (firstChunk is { } first)
        {
            FirstChunks.Record(first.TotalSeconds, tags);
        }
        if (error is not null)
        {
            tags.Add(TelemetryNames.Attributes.ErrorType, error);
        }
        Operations.Record(duration.TotalSeconds, tags);
    }

    /// <param name="tags">Of the attempt.</param>
    /// <param name="usage">What it used, or may be billed for; nothing is said of what is 0.</param>
    /// <param name="microUsd">What that costs.</param>
    public static void AddUsage(in TagList tags, in TokenUsage usage, long microUsd)
    {
        AddTokens(tags, TelemetryNames.Values.Input, usage.Prompt);
        AddTokens(tags, TelemetryNames.Values.Output, usage.Completion);
        if (microUsd > 0)
        {
            Costs.Add(microUsd / 1e6, tags);
        }
    }

    /// <param name="deployment">Where it went.</param>
    /// <param name="kind"><c>first</c>, <c>retry</c> or <c>failover</c>.</param>
    /// <param name="error">Its error; null where it was answered.</param>
    public static void CountAttempt(string deployment, string kind, string? error)
    {
        var tags = new TagList { { TelemetryNames.Attributes.Deployment, deployment }, { TelemetryNames.Attributes.AttemptKind, kind } };
        if (error is not null)
        {
            tags.Add(TelemetryNames.Attributes.ErrorType, error);
        }
        Attempts.Add(1, tags);
    }

    /// <param name="from">The deployment that failed.</param>
    /// <param name="cause">Its error.</param>
    public static void CountFailover(string from, string cause) => Failovers.Add(1, new TagList
    {
        { TelemetryNames.Attributes.Deployment, from },
        { TelemetryNames.Attributes.ErrorType, cause },
    });

    private static void AddTokens(TagList tags, string type, long tokens)
    {
        if (tokens > 0)
        {
            tags.Add(TelemetryNames.Attributes.TokenType, type);
            Tokens.Record(tokens, tags);
        }
    }
}
