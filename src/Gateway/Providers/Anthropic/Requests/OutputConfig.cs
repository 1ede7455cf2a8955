using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary><c>output_config</c>: how hard to work and in what form to answer.</summary>
internal static class OutputConfig
{
    /// <exception cref="CallerErrorException">A schema was asked of a model that enforces none: text would be no answer to that.</exception>
    public static void Write(Utf8JsonWriter json, string? effort, ResponseFormat? format, ModelProfile model, Translation translation)
    {
        var schema = format is { Type: "json_schema" } ? format.JsonSchema : null;
        if (format is { Type: "json_object" })
        {
            translation.Drop("response_format", "Anthropic answers in JSON by a schema only; use json_schema.");
        }
        if (schema is not null && !model.Can(Capabilities.JsonSchema))
        {
            throw CallerErrorException.Unsupported("response_format", "This model does not enforce schemas.");
        }
        if (effort is null && schema is null)
        {
            return;
        }
        json.WriteStartObject("output_config"u8);
        if (effort is not null)
        {
            json.WriteString("effort"u8, effort);
        }
        if (schema is not null)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "json_schema"u8);
            json.WritePropertyName("schema"u8);
            SchemaWriter.Write(json, schema.Schema!.Value, schema.Description);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
