using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers;

/// <summary>Reads one streamed answer of an upstream, event by event.</summary>
internal interface IStreamTranslator
{
    /// <summary>Reads one SSE event and adds what it says to <paramref name="sink"/>.</summary>
    /// <param name="eventType">The event's <c>event:</c> field, empty where it has none.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="sink">Takes what the event says.</param>
    /// <exception cref="System.Text.Json.JsonException">A malformed event; the translator's state is as before and the next event may be read.</exception>
    void Read(ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> data, StreamSink sink);

    /// <summary>The upstream closed the stream: adds what was held back and sets <see cref="StreamSink.Finished"/> if the answer was whole.</summary>
    void End(StreamSink sink);
}

/// <summary>What the last event said. The reader of the stream takes the deltas and calls <see cref="Clear"/> before the next event.</summary>
internal sealed class StreamSink
{
    public List<ChatDelta> Deltas { get; } = [];

    /// <summary>The upstream said it is alive.</summary>
    public bool Ping { get; set; }

    /// <summary>An error inside the stream: nothing follows.</summary>
    public UpstreamFailure? Failure { get; set; }

    /// <summary>What the call used so far, cumulative. Stays over <see cref="Clear"/>.</summary>
    public TokenUsage? Usage { get; set; }

    /// <summary>Every choice has its finish reason. Stays over <see cref="Clear"/>.</summary>
    public bool Finished { get; set; }

    public void Clear()
    {
        Deltas.Clear();
        Ping = false;
    }
}
