using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Errors;
using Tollgate.Providers.Gemini.Schemas;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Writes <c>tools</c> and <c>toolConfig</c>. Source: https://ai.google.dev/gemini-api/docs/function-calling.</summary>
internal static class ToolsWriter
{
    public static void Write(RequestScope scope)
    {
        if (scope.Request.ParallelToolCalls == false)
        {
            scope.Translation.Drop("parallel_tool_calls", "Gemini cannot be kept from calling several functions at once.");
        }
        var choice = scope.Request.ToolChoice;
        var declared = Functions(scope);
        CheckNames(choice, declared);
        if (declared.Count == 0)
        {
            return;
        }
        WriteDeclarations(scope, declared, choice);
        if (choice is not null)
        {
            WriteChoice(scope.Json, choice);
        }
    }

    private static List<(FunctionDefinition Function, string At)> Functions(RequestScope scope)
    {
        var functions = new List<(FunctionDefinition, string)>();
        for (var i = 0; i < scope.Request.Tools?.Count; i++)
        {
            var tool = scope.Request.Tools[i];
            if (tool is not { Type: "function", Function: { } function })
            {
                scope.Translation.Drop($"tools[{i}]", "Only tools of type 'function' are served by this model.");
                continue;
            }
            if (tool.CacheControl is not null)
            {
                scope.Translation.Drop("tools[].cache_control", "Gemini caches prompts by itself.");
            }
            if (function.Strict == true)
            {
                scope.Translation.Drop("tools[].function.strict", "Gemini does not promise arguments that fit the schema.");
            }
            scope.DropExtra(tool.Extra, "tools[].");
            functions.Add((function, $"tools[{i}].function.parameters"));
        }
        return functions;
    }

    private static void CheckNames(ToolChoice? choice, List<(FunctionDefinition Function, string At)> declared)
    {
        if (choice is { MustCall: true } && declared.Count == 0)
        {
            throw CallerErrorException.Invalid("'tool_choice' asks for a call, but 'tools' names no function.", "tool_choice", "invalid_value");
        }
        if (choice is not null && choice.Names.Any(name => !declared.Exists(tool => tool.Function.Name == name)))
        {
            throw CallerErrorException.Invalid("'tool_choice' names a function that 'tools' does not.", "tool_choice", "invalid_value");
        }
    }

    /// <summary>Names may be restricted only where a call is asked for; else the others are left out of the list.</summary>
    private static void WriteDeclarations(RequestScope scope, List<(FunctionDefinition Function, string At)> declared, ToolChoice? choice)
    {
        var json = scope.Json;
        var offered = choice is { Mode: ToolChoiceMode.AllowedTools, MustCall: false, Names.Count: > 0 }
            ? declared.FindAll(tool => choice.Names.Contains(tool.Function.Name))
            : declared;
        json.WriteStartArray("tools");
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations");
        foreach (var (function, at) in offered)
        {
            json.WriteStartObject();
            json.WriteString("name", function.Name);
            if (function.Description is not null)
            {
                json.WriteString("description", function.Description);
            }
            WriteParameters(scope, function.Parameters, at);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The older schema refuses an object without properties: such a function is declared without parameters.</summary>
    private static void WriteParameters(RequestScope scope, JsonElement? parameters, string at)
    {
        if (parameters is not { ValueKind: JsonValueKind.Object } schema)
        {
            return;
        }
        if (scope.Model.TakesJsonSchema)
        {
            scope.Json.WritePropertyName("parametersJsonSchema");
            schema.WriteTo(scope.Json);
        }
        else if (!IsEmpty(schema))
        {
            scope.Json.WritePropertyName("parameters");
            OpenApiSchema.Write(scope.Json, schema, at);
        }
    }

    private static bool IsEmpty(JsonElement schema) =>
        !schema.TryGetProperty("$ref", out _) && !schema.TryGetProperty("allOf", out _)
        && !schema.TryGetProperty("anyOf", out _) && !schema.TryGetProperty("oneOf", out _)
        && !(schema.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object && properties.EnumerateObject().Any());

    private static void WriteChoice(Utf8JsonWriter json, ToolChoice choice)
    {
        json.WriteStartObject("toolConfig");
        json.WriteStartObject("functionCallingConfig");
        json.WriteString("mode", choice.Mode == ToolChoiceMode.None ? "NONE" : choice.MustCall ? "ANY" : "AUTO");
        if (choice.MustCall && choice.Names.Count > 0)
        {
            json.WriteStartArray("allowedFunctionNames");
            foreach (var name in choice.Names)
            {
                json.WriteStringValue(name);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
