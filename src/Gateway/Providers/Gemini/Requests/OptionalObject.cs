using System.Text.Json;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>A member of the request that is written only once something is put into it.</summary>
internal sealed class OptionalObject(Utf8JsonWriter json, string name) : IDisposable
{
    private bool open;

    /// <summary>The writer, inside the object.</summary>
    public Utf8JsonWriter Json
    {
        get
        {
            if (!open)
            {
                open = true;
                json.WriteStartObject(name);
            }
            return json;
        }
    }

    public void Dispose()
    {
        if (open)
        {
            json.WriteEndObject();
        }
    }
}
