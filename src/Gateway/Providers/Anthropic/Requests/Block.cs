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
