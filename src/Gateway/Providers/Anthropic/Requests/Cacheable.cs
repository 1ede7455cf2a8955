using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>A piece of the prompt after which a cache breakpoint may stand.</summary>
internal abstract class Cacheable
{
    /// <summary>As the caller wrote it, its <c>ttl</c> included; null for none.</summary>
    public JsonElement? CacheControl { get; set; }

    /// <summary>A caller's <c>cache_control</c>, checked to be an object.</summary>
    /// <exception cref="CallerErrorException">It is something else.</exception>
    public static JsonElement? Checked(JsonElement? cacheControl, string param) => cacheControl switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.Object } => cacheControl,
        _ => throw CallerErrorException.Invalid($"'{param}' must be an object.", param, "invalid_type"),
    };

    protected void WriteCacheControl(Utf8JsonWriter json)
    {
        if (CacheControl is { } control)
        {
            json.WritePropertyName("cache_control"u8);
            control.WriteTo(json);
        }
    }
}
