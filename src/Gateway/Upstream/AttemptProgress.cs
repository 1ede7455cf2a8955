using System.Net;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Routing;

namespace Tollgate.Upstream;

/// <summary>
/// How far an attempt got, which decides what a failed one costs: nothing unless the upstream had the whole request, and nothing where it
/// refused it. From then on it may have begun to work, and bills what it says, else the prompt.
/// </summary>
internal sealed class AttemptProgress
{
    /// <summary>All of the request went out.</summary>
    public bool IsSent { get; set; }

    /// <summary>The upstream answered with anything but success.</summary>
    public bool IsRefused { get; set; }

    /// <summary>What an attempt used that broke off; null for nothing.</summary>
    public BilledAttempt? Broken(TokenUsage? told, IncomingCall call, Deployment deployment) =>
        IsSent && !IsRefused ? AttemptUse.ToldOrPrompt(told, call, deployment) : null;

    /// <summary>What an attempt used that ended in a failure: an answer that is none was worked on, an error that the upstream tells of was not.</summary>
    public BilledAttempt? Failed(UpstreamFailure failure, TokenUsage? told, IncomingCall call, Deployment deployment) =>
        failure.Kind == FailureKind.BadReply ? Broken(failure.Usage ?? told, call, deployment) : AttemptUse.Told(failure.Usage ?? told, call, deployment);
}

/// <summary>A request's body that notes when all of it has gone out.</summary>
internal sealed class TrackedContent : HttpContent
{
    private readonly HttpContent body;
    private readonly AttemptProgress progress;

    public TrackedContent(HttpContent body, AttemptProgress progress)
    {
        (this.body, this.progress) = (body, progress);
        Headers.ContentType = body.Headers.ContentType;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Headers.ContentLength ?? 0;
        return body.Headers.ContentLength is not null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await body.CopyToAsync(stream, context, cancellationToken);
        progress.IsSent = true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }
        base.Dispose(disposing);
    }
}
