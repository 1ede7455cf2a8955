using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

internal sealed class TextBlock(string text) : Block
{
    public string Text { get; set; } = text;

    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, Text);
    }
}
