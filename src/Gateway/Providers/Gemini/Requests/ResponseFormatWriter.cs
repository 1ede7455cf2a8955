using Tollgate.Providers.Gemini.Schemas;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// <c>response_format</c>. Gemini always holds to a schema it is given, so <c>strict</c> says nothing new, and it has no place
/// for the schema's name. Source: https://ai.google.dev/gemini-api/docs/structured-output.
/// </summary>
internal static class ResponseFormatWriter
{
    public static void Write(RequestScope scope, OptionalObject config)
    {
        if (scope.Request.ResponseFormat is not { Type: "json_object" or "json_schema" } format)
        {
            return;
        }
        config.Json.WriteString("responseMimeType", "application/json");
        if (format.JsonSchema?.Schema is not { } schema)
        {
            return;
        }
        if (scope.Model.TakesJsonSchema)
        {
            config.Json.WritePropertyName("responseJsonSchema");
            schema.WriteTo(config.Json);
        }
        else
        {
            config.Json.WritePropertyName("responseSchema");
            OpenApiSchema.Write(config.Json, schema, "response_format.json_schema.schema");
        }
        if (format.JsonSchema.Description is not null && !schema.TryGetProperty("description", out _))
        {
            scope.Translation.Drop("response_format.json_schema.description", "Put it into the schema's own 'description'.");
        }
    }
}
