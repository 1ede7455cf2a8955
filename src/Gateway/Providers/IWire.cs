using System.Buffers;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Providers;

/// <summary>
/// Translation between the canonical conversation and one upstream wire that is not OpenAI's.
/// Holds no state between calls; only <see cref="PrepareAsync"/> does I/O.
/// </summary>
internal interface IWire
{
    /// <summary>Provider and model whose thoughts this wire may replay; see <see cref="ReplyOrigin"/>.</summary>
    string OriginOf(ModelProfile model);

    /// <summary>Fetches what the upstream cannot fetch itself and puts it into the request as data URIs.</summary>
    /// <exception cref="CallerErrorException">A remote file is not reachable, too large or of a type the model does not take.</exception>
    ValueTask PrepareAsync(ChatRequest request, ModelProfile model, IRemoteFiles files, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Writes the upstream's request body.</summary>
    /// <exception cref="CallerErrorException">The request cannot be said in this wire; the exception names the parameter.</exception>
    void WriteRequest(ChatRequest request, ModelProfile model, Translation translation, IBufferWriter<byte> body);

    /// <summary>Reads a whole answer with status 200.</summary>
    /// <exception cref="System.Text.Json.JsonException">Not an answer of this wire.</exception>
    ReadResult ReadReply(ReadOnlySpan<byte> body, ReplyContext context);

    /// <summary>Starts reading a streamed answer.</summary>
    IStreamTranslator OpenStream(ReplyContext context);

    /// <summary>Reads an error answer. Never throws: what cannot be read is judged by its status.</summary>
    UpstreamFailure ReadFailure(int status, ReadOnlySpan<byte> body);
}

/// <summary>A 200 may hold an error all the same: exactly one of the two is set.</summary>
internal readonly record struct ReadResult(ChatReply? Reply, UpstreamFailure? Failure)
{
    public static implicit operator ReadResult(ChatReply reply) => new(reply, null);

    public static implicit operator ReadResult(UpstreamFailure failure) => new(null, failure);
}

/// <summary>What a reply needs to know of its request.</summary>
/// <param name="Origin">Provider and model family, e.g. <c>anthropic/claude</c>; see <see cref="ReplyOrigin"/>.</param>
/// <param name="CallId">Unique per call; minted ids derive from it.</param>
internal sealed record ReplyContext(string Origin, string CallId);
