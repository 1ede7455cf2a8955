using System.Buffers;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Providers.Gemini.Replies;
using Tollgate.Providers.Gemini.Requests;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Providers.Gemini;

/// <summary>
/// Google's <c>generateContent</c> and <c>streamGenerateContent?alt=sse</c>.
/// Sources: https://ai.google.dev/api/generate-content, https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference.
/// </summary>
internal sealed class GeminiWire(GeminiPlatform platform) : IWire
{
    /// <summary>
    /// The origin of this model's thought signatures. Only the service and the model that made a signature can read it,
    /// so both are part of it.
    /// </summary>
    public string OriginOf(ModelProfile model) => (platform == GeminiPlatform.Vertex ? "vertex/" : "gemini/") + model.Model;

    public ValueTask PrepareAsync(ChatRequest request, ModelProfile model, IRemoteFiles files, CancellationToken cancellationToken) =>
        RemoteParts.InlineAsync(request, model, files, cancellationToken);

    public void WriteRequest(ChatRequest request, ModelProfile model, Translation translation, IBufferWriter<byte> body) =>
        GeminiRequestWriter.Write(request, model, platform, OriginOf(model), translation, body);

    public ReadResult ReadReply(ReadOnlySpan<byte> body, ReplyContext context) => ReplyReader.Read(body, context);

    public IStreamTranslator OpenStream(ReplyContext context) => new GeminiStream(context);

    public UpstreamFailure ReadFailure(int status, ReadOnlySpan<byte> body) => FailureReader.Read(status, body);
}
