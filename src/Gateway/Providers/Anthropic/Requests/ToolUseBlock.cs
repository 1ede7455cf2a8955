using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

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
