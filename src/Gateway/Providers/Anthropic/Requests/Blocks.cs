using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>One content block of a turn or of the system prompt.</summary>
internal abstract class Block : Cacheable
{
    public virtual bool TakesCacheControl => true;

    public virtual void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteMembers(json);
        WriteCacheControl(json);
        json.WriteEndObject();
    }

    protected abstract void WriteMembers(Utf8JsonWriter json);
}

internal sealed class TextBlock(string text) : Block
{
    public string Text { get; set; } = text;

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, Text);
    }
}

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

/// <param name="id">In the form Anthropic takes, see <see cref="ToolIds"/>.</param>
/// <param name="name">The function's name.</param>
/// <param name="input">A JSON object as text.</param>
internal sealed class ToolUseBlock(string id, string name, string input) : Block
{
    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, id);
        json.WriteString("name"u8, name);
        json.WritePropertyName("input"u8);
        json.WriteRawValue(input, skipInputValidation: true);
    }
}

internal sealed class ToolResultBlock(string id, IReadOnlyList<Block> content, bool? isError) : Block
{
    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, id);
        if (content.Count > 0)
        {
            json.WriteStartArray("content"u8);
            foreach (var block in content)
            {
                block.Write(json);
            }
            json.WriteEndArray();
        }
        if (isError is { } failed)
        {
            json.WriteBoolean("is_error"u8, failed);
        }
    }
}

/// <summary>A <c>thinking</c> or <c>redacted_thinking</c> block; its signature holds only for the very bytes it came in.</summary>
internal sealed class ThinkingBlock(JsonElement block) : Block
{
    public override bool TakesCacheControl => false;

    public override void Write(Utf8JsonWriter json) =>
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(block), skipInputValidation: true);

    protected override void WriteMembers(Utf8JsonWriter json) => throw new NotSupportedException("The block is written whole.");
}
