using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>A tool that Anthropic defines and the caller runs, e.g. <c>bash_20250124</c>; it goes as it came.</summary>
internal sealed class AnthropicTool(string type, string name, Dictionary<string, JsonElement> members) : Tool(name)
{
    protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type"u8, type);
        foreach (var (member, value) in members)
        {
            json.WritePropertyName(member);
            value.WriteTo(json);
        }
    }
}
