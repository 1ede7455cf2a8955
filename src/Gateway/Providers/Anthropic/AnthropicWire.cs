using System.Buffers;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Providers.Anthropic.Replies;
using Tollgate.Providers.Anthropic.Requests;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Providers.Anthropic;

/// <summary>Anthropic's Messages API, version 2023-06-01. Source: https://platform.claude.com/docs/en/api/messages.</summary>
internal sealed class AnthropicWire(AnthropicPlatform platform) : IWire
{
    /// <summary>
    /// The <see cref="ReplyOrigin"/> of a model: <c>anthropic/</c> and its id without date or version tag, so that
    /// <c>claude-haiku-4-5-20251001</c> and Vertex' <c>claude-haiku-4-5@20251001</c> are one. Signatures of thoughts
    /// are bound to the model and hold on every platform that serves it.
    /// </summary>
    public string OriginOf(ModelProfile model) => Origin(model);

    /// <summary>The same, for the request writer.</summary>
    public static string Origin(ModelProfile model)
    {
        var id = model.Model.AsSpan();
        if (id.IndexOf('@') is > 0 and var tag)
        {
            id = id[..tag];
        }
        const int DateLength = 9;
        if (id.Length > DateLength && id[^DateLength] == '-' && !id[^(DateLength - 1)..].ContainsAnyExceptInRange('0', '9'))
        {
            id = id[..^DateLength];
        }
        return $"anthropic/{id}";
    }

    /// <summary>
    /// Anthropic fetches https images itself; Vertex takes them inline only.
    /// Source: https://platform.claude.com/docs/en/build-with-claude/vision.
    /// </summary>
    public async ValueTask PrepareAsync(ChatRequest request, ModelProfile model, IRemoteFiles files, CancellationToken cancellationToken)
    {
        if (platform == AnthropicPlatform.Direct && model.Can(Capabilities.UrlImages))
        {
            return;
        }
        for (var i = 0; i < request.Messages.Count; i++)
        {
            for (var j = 0; j < request.Messages[i].Content?.Parts?.Count; j++)
            {
                if (request.Messages[i].Content!.Parts![j].ImageUrl is { } image && !MediaSource.IsDataUri(image.Url))
                {
                    var file = await files.FetchAsync(image.Url, $"messages[{i}].content[{j}].image_url.url", cancellationToken);
                    image.Url = $"data:{file.MediaType};base64,{Convert.ToBase64String(file.Bytes.Span)}";
                }
            }
        }
    }

    public void WriteRequest(ChatRequest request, ModelProfile model, Translation translation, IBufferWriter<byte> body) =>
        RequestWriter.Write(request, model, platform, translation, body);

    public ReadResult ReadReply(ReadOnlySpan<byte> body, ReplyContext context) => ReplyReader.Read(body, context);

    public IStreamTranslator OpenStream(ReplyContext context) => new StreamTranslator(context);

    public UpstreamFailure ReadFailure(int status, ReadOnlySpan<byte> body) => FailureReader.Read(status, body);
}
