using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Ledger;
using Tollgate.Routing;
using Tollgate.Streaming;
using Tollgate.Telemetry;

namespace Tollgate.Upstream;

/// <summary>An upstream's answer that the gateway has settled on: from here on no other is asked.</summary>
internal abstract class UpstreamReply(Deployment deployment, IReadOnlyList<string> dropped) : IDisposable
{
    public Deployment Deployment { get; } = deployment;

    /// <summary>Parameters that translation dropped or changed.</summary>
    public IReadOnlyList<string> Dropped { get; } = dropped;

    /// <summary>How many upstream requests the call took.</summary>
    public int Attempts { get; set; }

    /// <summary>What the attempts before it used.</summary>
    public IReadOnlyList<BilledAttempt> Earlier { get; set; } = [];

    /// <summary>Why it is not whole; null where it is, as far as it came.</summary>
    public UpstreamFailure? Failure { get; set; }

    /// <summary>Told of how it ends; null when nobody listens.</summary>
    public AttemptTrace? Trace { get; set; }

    /// <summary>Why its deployment was asked, for the caller.</summary>
    public string? RouteReason { get; set; }

    /// <summary>It counts as under way at its deployment until it is disposed of.</summary>
    public bool IsCounted { get; set; }

    /// <summary>All that came of it so far is that a content filter stopped it.</summary>
    public abstract bool IsFiltered { get; }

    /// <summary>The finish reasons that came.</summary>
    public abstract FinishReasonList Finishes { get; }

    public void Dispose()
    {
        if (IsCounted)
        {
            IsCounted = false;
            Deployment.Health.Ended();
        }
        Free();
    }

    protected abstract void Free();
}

/// <summary>A whole answer in the caller's dialect.</summary>
internal sealed class WholeReply(Deployment deployment, IReadOnlyList<string> dropped, PooledBuffer body, TokenUsage? usage, int outputBytes, FinishReasonList finishes)
    : UpstreamReply(deployment, dropped)
{
    public ReadOnlyMemory<byte> Body => body.Memory;

    /// <summary>Null where the provider sent none.</summary>
    public TokenUsage? Usage { get; } = usage;

    /// <summary>The tier that the provider says it served.</summary>
    public ServiceTier Tier { get; init; }

    /// <summary>For counting where it sent none.</summary>
    public int OutputBytes { get; } = outputBytes;

    public override FinishReasonList Finishes { get; } = finishes;

    public override bool IsFiltered => Finishes.AreAll(FinishReasons.ContentFilter);

    protected override void Free() => body.Dispose();
}
