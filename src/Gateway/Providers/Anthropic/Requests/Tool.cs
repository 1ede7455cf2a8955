using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>One entry of the tool list.</summary>
internal abstract class Tool(string name) : Cacheable
{
    public string Name { get; } = name;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteMembers(json);
        WriteCacheControl(json);
        json.WriteEndObject();
    }

    protected abstract void WriteMembers(Utf8JsonWriter json);
}
