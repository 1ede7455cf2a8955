using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>An image or a document.</summary>
internal sealed class MediaBlock(MediaSource source, string? title) : Block
{
    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, source.IsImage ? "image"u8 : "document"u8);
        source.Write(json);
        if (title is not null)
        {
            json.WriteString("title"u8, title);
        }
    }
}
