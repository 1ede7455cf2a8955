using System.Buffers;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Streaming;

/// <summary>
/// Turns an upstream's events into the caller's, one by one. Two lanes exist: <see cref="PassThroughLane"/> and
/// <see cref="TranslationLane"/>. Neither keeps more than the event at hand.
/// </summary>
internal abstract class StreamLane : IDisposable
{
    private OutputMeter meter;
    private FinishReasonList finishes;

    /// <summary>Something came that a caller counts as output: from here on the answer is this upstream's.</summary>
    public bool HasOutput { get; protected set; }

    /// <summary>The finish reasons that came.</summary>
    public ref readonly FinishReasonList Finishes => ref finishes;

    /// <summary>Every choice has its finish reason.</summary>
    public bool IsFinished { get; protected set; }

    /// <summary>Nothing more is to come, even if the upstream keeps the connection open.</summary>
    public bool IsDone { get; protected set; }

    /// <summary>An error event, which ends the stream.</summary>
    public UpstreamFailure? Failure { get; protected set; }

    public TokenUsage? Usage { get; protected set; }

    /// <summary>The tier that the upstream says it serves.</summary>
    public ServiceTier Tier { get; protected set; }

    /// <summary>Events that could not be read and were left out.</summary>
    public int Malformed { get; private set; }

    /// <summary>What was generated so far, counted; in tokens.</summary>
    public long CountedTokens => meter.Tokens;

    /// <summary>Reads one event and writes what the caller gets of it.</summary>
    public void Read(in SseEvent read, IBufferWriter<byte> output)
    {
        try
        {
            ReadEvent(read, output);
        }
        catch (Exception malformed) when (malformed is System.Text.Json.JsonException or InvalidOperationException)
        {
            // The second is the JSON reader's word for half a surrogate pair.
            Malformed++;
        }
    }

    /// <summary>The upstream ended the stream: writes what was held back.</summary>
    public abstract void End(IBufferWriter<byte> output);

    /// <summary>Writes the end of a whole answer: the usage chunk where the caller asked for it, and <c>[DONE]</c>.</summary>
    public abstract void Close(IBufferWriter<byte> output, in TokenUsage usage, long costMicroUsd);

    public virtual void Dispose()
    {
    }

    protected abstract void ReadEvent(in SseEvent read, IBufferWriter<byte> output);

    protected void Count(int outputBytes) => meter.Add(outputBytes);

    protected void Finish(in FinishReasonList reasons) => finishes.Add(reasons);

    protected void Finish(string reason) => finishes.Add(reason);
}
