using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

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
