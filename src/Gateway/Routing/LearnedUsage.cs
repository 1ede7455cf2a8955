using Tollgate.Conversation;
using Tollgate.Intake;

namespace Tollgate.Routing;

/// <summary>
/// What calls of one model use at one deployment, as averages over the last twenty or so. Written without a lock: of two calls that end
/// at the same moment one may be left out.
/// </summary>
internal sealed class LearnedUsage
{
    /// <summary>Before anything is learned: tokens of output, tokens of a byte of text.</summary>
    public const double FirstOutput = 300, FirstTokensPerByte = 0.25;

    private const int Window = 20;

    private int samples;
    private double output = FirstOutput;
    private double tokensPerByte = FirstTokensPerByte;
    private double cachedShare;

    /// <summary>How much of a prompt comes from the provider's cache, 0 to 1.</summary>
    public double CachedShare => Volatile.Read(ref cachedShare);

    /// <summary>Tokens that a prompt is likely to have, without what is no text.</summary>
    public double PromptTokens(long textBytes) => textBytes * Volatile.Read(ref tokensPerByte);

    /// <summary>Tokens that an answer is likely to have, all choices together.</summary>
    /// <param name="scan">The call.</param>
    /// <param name="most">The most that the model writes for a choice.</param>
    public double OutputTokens(CallScan scan, int most) => Math.Min(Volatile.Read(ref output), Math.Min(scan.Cap ?? most, most)) * scan.Choices;

    /// <summary>Learns from a whole answer.</summary>
    public void Note(in TokenUsage usage, CallScan scan)
    {
        if (usage.Prompt <= 0)
        {
            return;
        }
        var weight = 1.0 / Math.Min(Interlocked.Increment(ref samples), Window);
        Average(ref output, (double)usage.Completion / scan.Choices, weight);
        Average(ref cachedShare, Math.Clamp((double)usage.CacheRead / usage.Prompt, 0, 1), weight);
        if (scan is { Media: null, TextBytes: > 0 })
        {
            Average(ref tokensPerByte, Math.Clamp((double)usage.Prompt / scan.TextBytes, 0.01, 2), weight);
        }
    }

    private static void Average(ref double value, double sample, double weight) => Volatile.Write(ref value, Volatile.Read(ref value) + ((sample - Volatile.Read(ref value)) * weight));
}
