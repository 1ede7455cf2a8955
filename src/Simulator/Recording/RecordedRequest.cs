using System.Text;

namespace Tollgate.Simulator;

/// <summary>A request the simulator received, and what became of it.</summary>
public sealed class RecordedRequest
{
    /// <summary>The largest number of body bytes that are kept: 1 MiB.</summary>
    public const int KeptBodyBytes = 1 << 20;

    private readonly TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<RecordedRequest> changed;
    private bool cutByServer;

    internal RecordedRequest(Action<RecordedRequest> changed) => this.changed = changed;

    /// <summary>Its place in the log since the start or the last reset, from 1.</summary>
    public long Number { get; internal set; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, without query.</summary>
    public required string Path { get; init; }

    /// <summary>The query with its question mark, or an empty string.</summary>
    public required string Query { get; init; }

    /// <summary>The headers by name, whatever its case. Several values of one name are joined by a comma.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body's bytes, at most <see cref="KeptBodyBytes"/> of them.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The whole body's length in bytes.</summary>
    public required long BodyLength { get; init; }

    /// <summary>The model asked for, from path or body; empty if the request names none.</summary>
    public required string Model { get; init; }

    /// <summary>When its body had been read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The prompt's tokens, as its answer's usage says; 0 where it got none.</summary>
    public int PromptTokens { get; private set; }

    /// <summary>The tokens generated for it, over all choices; of a whole answer also where a fault cuts it.</summary>
    public int CompletionTokens { get; private set; }

    /// <summary>The kept body as UTF-8 text.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body.Span);

    /// <summary>Whether the client closed the connection before the reply was over.</summary>
    public bool Aborted => aborted.Task.IsCompleted;

    /// <summary>Completes when the client closes the connection before the reply is over; else never.</summary>
    public Task WhenAborted => aborted.Task;

    /// <summary>Completes when the simulator is done with the request, whichever way it went.</summary>
    public Task WhenEnded => ended.Task;

    internal void OnAnswer(int promptTokens, int completionTokens) => (PromptTokens, CompletionTokens) = (promptTokens, completionTokens);

    internal void OnAborted()
    {
        if (!Volatile.Read(ref cutByServer) && aborted.TrySetResult())
            changed(this);
    }

    /// <summary>From here on a lost connection is the simulator's own doing.</summary>
    internal void OnCutByServer() => Volatile.Write(ref cutByServer, true);

    internal void OnEnded()
    {
        if (ended.TrySetResult())
            changed(this);
    }
}
