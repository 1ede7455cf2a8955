using Tollgate.Admission;
using Tollgate.Conversation;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Health;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Providers;
using Tollgate.Providers.OpenAi;
using Tollgate.Providers.RemoteFiles;
using Tollgate.Routing;
using Tollgate.Secrets;
using Tollgate.Streaming;
using Tollgate.Telemetry;

namespace Tollgate.Upstream;

/// <summary>One request to one deployment, up to its first output.</summary>
internal sealed class Attempt(UpstreamClients clients, IRemoteFiles files, TraceContextOut context, TimeProvider time)
{
    private const int MostReplyBytes = 64 * 1024 * 1024;

    private const int MostErrorBytes = 256 * 1024;

    /// <summary>Sends the call to <paramref name="deployment"/>.</summary>
    /// <param name="admitted">The call.</param>
    /// <param name="deployment">Where to.</param>
    /// <param name="credential">The call's credential there.</param>
    /// <param name="previous">How the attempt before it ended; null for the first.</param>
    /// <param name="allowed">How long it may take.</param>
    /// <param name="callerGone">The caller's leaving.</param>
    /// <exception cref="CallerErrorException">The request cannot be said in the deployment's wire.</exception>
    public async ValueTask<AttemptResult> SendAsync(AdmittedCall admitted, Deployment deployment, CredentialTurn credential, Dispatched? previous, AttemptTime allowed, CancellationToken callerGone)
    {
        var (health, startedAt) = (deployment.Health, time.GetTimestamp());
        var isRunning = false;
        var trace = AttemptTrace.Start(admitted, deployment, previous, time);
        try
        {
            health.Began();
            var result = await SendAsync(admitted, deployment, credential, trace, allowed, callerGone);
            if (result.Reply is not null || result.Failure?.Kind == FailureKind.Timeout)
            {
                health.LatencyOf(admitted.Call.Scan.Stream).Add(time.GetElapsedTime(startedAt));
            }
            if (result.Reply is { } reply)
            {
                reply.Trace = trace;
                reply.IsCounted = isRunning = true;
            }
            else
            {
                trace?.Failed(result.Failure, result.Used);
            }
            return result;
        }
        catch (Exception thrown)
        {
            trace?.Threw(thrown);
            throw;
        }
        finally
        {
            if (!isRunning)
            {
                health.Ended();
            }
        }
    }

    private async ValueTask<AttemptResult> SendAsync(AdmittedCall admitted, Deployment deployment, CredentialTurn credential, AttemptTrace? trace, AttemptTime allowed, CancellationToken callerGone)
    {
        var scope = new AttemptScope(allowed.FirstOutput, allowed.Total, time, callerGone);
        var progress = new AttemptProgress();
        StreamedReply? begun = null;
        try
        {
            var result = await SendAsync(admitted, deployment, credential, trace, scope, progress);
            begun = result.Reply as StreamedReply;
            if ((begun is null ? result.Failure : await begun.WaitForOutputAsync()) is not { } failure)
            {
                if (begun is not null)
                {
                    trace?.Began();
                }
                return result;
            }
            var used = progress.Failed(failure, begun?.Lane.Usage, admitted.Call, deployment);
            begun?.Dispose();
            return new AttemptResult(null, failure) { Used = used };
        }
        catch (CredentialException)
        {
            return new UpstreamFailure(FailureKind.Credentials, 401);
        }
        catch (Exception broken) when (UpstreamErrors.IsBroken(broken))
        {
            // Asked before the reply is disposed of, and its scope with it.
            var timedOut = scope.Token.IsCancellationRequested;
            var used = progress.Broken(begun?.Lane.Usage, admitted.Call, deployment);
            begun?.Dispose();
            return new AttemptResult(null, callerGone.IsCancellationRequested ? null : UpstreamErrors.Failure(broken, timedOut, FailureKind.Network)) { Used = used };
        }
        catch
        {
            begun?.Dispose();
            throw;
        }
        finally
        {
            if (begun is null)
            {
                scope.Dispose();
            }
        }
    }

    private async ValueTask<AttemptResult> SendAsync(AdmittedCall admitted, Deployment deployment, CredentialTurn credential, AttemptTrace? trace, AttemptScope scope, AttemptProgress progress)
    {
        var call = admitted.Call;
        var translation = new Translation(call.Strict, call.Scan.Stream, call.Caller.Tenant.Id) { OutputCap = CapFor(admitted, deployment) };
        using var body = new PooledBuffer();
        using var request = new HttpRequestMessage(HttpMethod.Post, call.Scan.Stream ? deployment.Address.Stream : deployment.Address.Json)
        {
            Content = new TrackedContent(await WriteBodyAsync(call, deployment, translation, body, scope.Token), progress),
        };
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        request.Headers.TryAddWithoutValidation("User-Agent", "tollgate");
        if (context.IsOn)
        {
            trace?.WriteContext(request);
        }
        await deployment.Provider.AuthorizeAsync(request, deployment.Settings, await credential.FindAsync(scope.Token), scope.Token);
        var place = credential.Place;
        deployment.Health.Quota.Sent(place, OutputMeter.Tokenish(call.Scan.TextBytes));
        var response = await clients.For(deployment.Timeouts.Connect).SendAsync(request, scope.Token);
        if (QuotaHeaders.Read(response.Headers, time.GetUtcNow()) is { } quota)
        {
            deployment.Health.Quota.Note(place, quota);
        }
        trace?.Responded((int)response.StatusCode);
        var kept = false;
        try
        {
            if (!response.IsSuccessStatusCode)
            {
                progress.IsRefused = true;
                return await ReadFailureAsync(response, deployment, scope.Token);
            }
            if (!call.Scan.Stream)
            {
                return await ReadWholeAsync(response, call, deployment, translation.Dropped, scope.Token);
            }
            if (!string.Equals(response.Content.Headers.ContentType?.MediaType, "text/event-stream", StringComparison.OrdinalIgnoreCase))
            {
                return await ReadFailureAsync(response, deployment, scope.Token);
            }
            var stream = await UpstreamBody.OpenAsync(response, scope.Token);
            kept = true;
            return new StreamedReply(deployment, translation.Dropped, response, stream, LaneFor(call, deployment), scope);
        }
        catch (InvalidOperationException garbled) when (garbled is not ObjectDisposedException)
        {
            // The JSON reader's word for half a surrogate pair, and Brotli's for broken data.
            throw new InvalidDataException("The upstream's answer cannot be decoded.", garbled);
        }
        finally
        {
            if (!kept)
            {
                response.Dispose();
            }
        }
    }

    /// <summary>
    /// The upstream is held to the reserved output where the caller asks for more, or where nobody asks and it may do more by itself.
    /// </summary>
    private static long? CapFor(AdmittedCall admitted, Deployment deployment)
    {
        var output = admitted.Reservation.OutputTokens;
        var mayDoMore = admitted.Call.Scan.Cap is { } asked ? asked > output : deployment.Profile.MayExceedMaxOutput;
        return admitted.Reservation.Lowered || (mayDoMore && admitted.Call.Scopes.Count > 0) ? output : null;
    }

    private async ValueTask<HttpContent> WriteBodyAsync(IncomingCall call, Deployment deployment, Translation translation, PooledBuffer body, CancellationToken cancellationToken)
    {
        if (deployment.Wire is not { } wire)
        {
            return OpenAiRequestRewriter.Rewrite(call, deployment.Profile, translation.OutputCap);
        }
        await wire.PrepareAsync(call.Conversation, deployment.Profile, files, cancellationToken);
        wire.WriteRequest(call.Conversation, deployment.Profile, translation, body);
        var content = new ReadOnlyMemoryContent(body.Memory);
        content.Headers.ContentType = new("application/json");
        return content;
    }

    private static StreamLane LaneFor(IncomingCall call, Deployment deployment) => deployment.Wire is { } wire
        ? new TranslationLane(wire.OpenStream(new ReplyContext(deployment.Origin, call.Id)), call.Head, call.Scan.IncludeUsage)
        : new PassThroughLane(call.Head, call.Scan.Choices, call.Scan.IncludeUsage);

    private static async ValueTask<AttemptResult> ReadWholeAsync(HttpResponseMessage response, IncomingCall call, Deployment deployment, IReadOnlyList<string> dropped, CancellationToken cancellationToken)
    {
        var body = await UpstreamBody.ReadAsync(response, MostReplyBytes, cancellationToken);
        var kept = false;
        try
        {
            if (deployment.Wire is { } wire)
            {
                return Translate(wire.ReadReply(body.Span, new ReplyContext(deployment.Origin, call.Id)), call, deployment, dropped);
            }
            var scan = OpenAiReplyScan.Read(body.Span);
            if (scan.Failure is not null)
            {
                return scan.Failure with { Usage = scan.Usage };
            }
            kept = true;
            return new WholeReply(deployment, dropped, body, scan.Usage, scan.OutputBytes, scan.Finishes) { Tier = scan.Tier };
        }
        finally
        {
            if (!kept)
            {
                body.Dispose();
            }
        }
    }

    private static AttemptResult Translate(ReadResult read, IncomingCall call, Deployment deployment, IReadOnlyList<string> dropped)
    {
        if (read.Failure is not null)
        {
            return read.Failure;
        }
        var output = new PooledBuffer();
        OpenAiReplyWriter.Write(output, call.Head, read.Reply!);
        var finishes = default(FinishReasonList);
        foreach (var choice in read.Reply!.Choices)
        {
            finishes.Add(choice.FinishReason);
        }
        return new WholeReply(deployment, dropped, output, read.Reply.Usage, output.Length, finishes);
    }

    private async ValueTask<AttemptResult> ReadFailureAsync(HttpResponseMessage response, Deployment deployment, CancellationToken cancellationToken)
    {
        using var body = await UpstreamBody.ReadAsync(response, MostErrorBytes, cancellationToken);
        var status = (int)response.StatusCode;
        var failure = deployment.Wire is { } wire ? wire.ReadFailure(status, body.Span) : OpenAiFailures.Read(status, body.Span);
        return failure.WithHeaders(response.Headers, time.GetUtcNow());
    }
}

/// <summary>A reply or a failure; neither where the caller left.</summary>
internal readonly record struct AttemptResult(UpstreamReply? Reply, UpstreamFailure? Failure)
{
    /// <summary>What may be billed without a reply; null for nothing.</summary>
    public BilledAttempt? Used { get; init; }

    public static implicit operator AttemptResult(UpstreamReply reply) => new(reply, null);

    public static implicit operator AttemptResult(UpstreamFailure failure) => new(null, failure);
}
