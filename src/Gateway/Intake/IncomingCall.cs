using Tollgate.Budgets;
using Tollgate.Conversation;
using Tollgate.Dialects.OpenAi;
using Tollgate.Routing;
using Tollgate.Streaming;
using Tollgate.Telemetry;
using Tollgate.Tenants;

namespace Tollgate.Intake;

/// <summary>An authenticated chat completion call with its body read and scanned, its model known.</summary>
internal sealed class IncomingCall(string id, Caller caller, PooledBuffer body, CallScan scan, ModelRoute route, bool strict, DateTimeOffset receivedAt, long startedAt) : IDisposable
{
    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(20);

    private ChatRequest? conversation;

    /// <summary>Ordered by time: <c>req_</c> and 32 hexadecimal digits.</summary>
    public string Id { get; } = id;

    public Caller Caller { get; } = caller;

    /// <summary>The budgets it is charged to: its caller's, and its end user's where the tenant limits users.</summary>
    public IReadOnlyList<BudgetScope> Scopes { get; init; } = caller.Scopes;

    /// <summary>The end user it is for, of 1 to <see cref="EndUser.MaxLength"/> characters; null where it names none that can be kept.</summary>
    public string? User { get; init; }

    public PooledBuffer Body { get; } = body;

    public CallScan Scan { get; } = scan;

    public ModelRoute Route { get; } = route;

    /// <summary>Nothing may be dropped in translation.</summary>
    public bool Strict { get; } = strict;

    public DateTimeOffset ReceivedAt { get; } = receivedAt;

    /// <summary>Timestamp of the clock that measures durations.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>How long it may take in all, from <see cref="StartedAt"/> on; null: as long as its attempts may.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What every answer and chunk says of itself.</summary>
    public OpenAiReplyHead Head { get; } = new($"chatcmpl-{id[4..]}", receivedAt.ToUnixTimeSeconds(), route.Name);

    /// <summary>The canonical request, for the translation lane only: read when first asked for.</summary>
    /// <exception cref="Errors.CallerErrorException">Not a chat completion request.</exception>
    public ChatRequest Conversation => conversation ??= OpenAiRequestReader.Read(Body.Span);

    /// <summary>Told of how it goes; null when nobody listens.</summary>
    public CallTrace? Trace { get; set; }

    /// <summary>How much of <see cref="Timeout"/> is left, zero or less where none is.</summary>
    public TimeSpan TimeLeft(TimeProvider time) => Timeout is { } all ? all - time.GetElapsedTime(StartedAt) : TimeSpan.MaxValue;

    /// <summary>None of <see cref="Timeout"/> is left, but for what a timer may go off too early by.</summary>
    public bool IsOutOfTime(TimeProvider time) => TimeLeft(time) <= TimerSlack;

    public void Dispose() => Body.Dispose();
}
