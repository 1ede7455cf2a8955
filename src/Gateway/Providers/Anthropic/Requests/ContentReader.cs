using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Providers.RemoteFiles;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>Turns a message's content into blocks. Text without a visible character is left out: Anthropic refuses such blocks.</summary>
internal static class ContentReader
{
    /// <summary>Text and refusals only: what system and assistant messages may hold.</summary>
    public static IEnumerable<Block> Text(MessageContent? content, string at, Translation translation) =>
        Blocks(content, at, translation, textOnly: true);

    public static IEnumerable<Block> Any(MessageContent? content, string at, Translation translation) =>
        Blocks(content, at, translation, textOnly: false);

    private static IEnumerable<Block> Blocks(MessageContent? content, string at, Translation translation, bool textOnly)
    {
        if (content?.Parts is null)
        {
            if (!string.IsNullOrWhiteSpace(content?.Text))
            {
                yield return new TextBlock(content.Text);
            }
            yield break;
        }
        for (var i = 0; i < content.Parts.Count; i++)
        {
            if (Read(content.Parts[i], $"{at}.content[{i}]", translation, textOnly) is { } block)
            {
                block.CacheControl = Cacheable.Checked(content.Parts[i].CacheControl, $"{at}.content[{i}].cache_control");
                yield return block;
            }
        }
    }

    private static Block? Read(ContentPart part, string at, Translation translation, bool textOnly)
    {
        Reports.Unknown(part.Extra, "messages[].content[].", translation);
        if ((part.Text ?? part.Refusal) is { } text && part.Type is "text" or "refusal")
        {
            return string.IsNullOrWhiteSpace(text) ? null : new TextBlock(text);
        }
        if (textOnly)
        {
            throw CallerErrorException.Invalid($"'{at}' must be text: Anthropic takes nothing else in this role.", at, "unsupported_value");
        }
        return part switch
        {
            { Type: "image_url", ImageUrl: { } image } => Image(image, at, translation),
            { Type: "file", File: { } file } => Document(file, at),
            _ => throw CallerErrorException.Invalid($"'{at}' cannot be sent: Anthropic takes text, images and documents.", at, "unsupported_value"),
        };
    }

    private static MediaBlock Image(ImageUrl image, string at, Translation translation)
    {
        var param = $"{at}.image_url.url";
        if (image.Detail is not (null or "auto"))
        {
            translation.Drop("messages[].content[].image_url.detail", "Anthropic chooses the resolution itself.");
        }
        if (MediaSource.IsDataUri(image.Url))
        {
            return new MediaBlock(MediaSource.DataUri(image.Url, param), title: null);
        }
        ImageAddress.Check(image.Url, param, httpsOnly: true);
        return new MediaBlock(MediaSource.Url(image.Url), title: null);
    }

    private static MediaBlock Document(FilePart file, string at)
    {
        if (file.FileData is { } data)
        {
            var source = MediaSource.DataUri(data, $"{at}.file.file_data");
            return new MediaBlock(source, source.IsImage ? null : file.Filename);
        }
        // Anthropic's ids start with file_, OpenAI's with file-; an id of another service names nothing here.
        if (file.FileId is { } id && id.StartsWith("file_", StringComparison.Ordinal))
        {
            return new MediaBlock(MediaSource.File(id), file.Filename);
        }
        throw CallerErrorException.Invalid($"'{at}.file.file_id' is not the id of a file at Anthropic; send 'file_data'.", $"{at}.file.file_id", "invalid_value");
    }
}
