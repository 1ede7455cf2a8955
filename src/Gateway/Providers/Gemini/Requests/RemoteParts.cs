using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Replaces the URLs of images and files that the model does not fetch itself by data URIs, in place.</summary>
internal static class RemoteParts
{
    private const int AtOnce = 4;

    /// <summary>All inlined files of one request; with base64's third more it stays below Gemini's limit of 100 MB for a request.</summary>
    private const long MostBytes = 70 * 1024 * 1024;

    /// <exception cref="CallerErrorException">A file cannot be had, or all of them are too large together.</exception>
    public static async ValueTask InlineAsync(
        ChatRequest request, ModelProfile model, IRemoteFiles files, CancellationToken cancellationToken)
    {
        var wanted = Remote(request, model).ToList();
        if (wanted.Count == 0)
        {
            return;
        }
        long total = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(wanted, options, async (remote, cancellation) =>
        {
            var file = await files.FetchAsync(remote.Url, remote.Param, cancellation);
            if (Interlocked.Add(ref total, file.Bytes.Length) > MostBytes)
            {
                throw CallerErrorException.Invalid("The files named in 'messages' are too large together.", remote.Param, "invalid_value");
            }
            remote.Replace(DataUri.Write(file.MediaType, file.Bytes.Span));
        });
    }

    private static IEnumerable<RemotePart> Remote(ChatRequest request, ModelProfile model)
    {
        for (var i = 0; i < request.Messages.Count; i++)
        {
            var parts = request.Messages[i].Content?.Parts;
            for (var j = 0; j < parts?.Count; j++)
            {
                if (Of(parts[j], $"messages[{i}].content[{j}]") is { } remote
                    && !DataUri.IsOne(remote.Url) && !MediaUrl.IsTakenBy(model, remote.Url, out _))
                {
                    yield return remote;
                }
            }
        }
    }

    private static RemotePart? Of(ContentPart part, string at) => part switch
    {
        { ImageUrl: { } image } => new RemotePart(image.Url, $"{at}.image_url.url", uri => image.Url = uri),
        { File: { FileData: { } data } file } when data.Contains("://", StringComparison.Ordinal) =>
            new RemotePart(data, $"{at}.file.file_data", uri => file.FileData = uri),
        _ => null,
    };

    private sealed record RemotePart(string Url, string Param, Action<string> Replace);
}
