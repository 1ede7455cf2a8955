using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Dialects.OpenAi;

/// <summary>Reads a chat completion request for the translation lane. The pass-through lane never comes here.</summary>
internal static class OpenAiRequestReader
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];

    private static readonly string[] PartTypes = ["text", "image_url", "input_audio", "file", "refusal"];

    /// <summary>Reads and checks a request body that was scanned before.</summary>
    /// <exception cref="CallerErrorException">Not a chat completion request; names the parameter.</exception>
    public static ChatRequest Read(ReadOnlySpan<byte> body)
    {
        ChatRequest request;
        try
        {
            request = JsonSerializer.Deserialize(body, ConversationJson.Default.ChatRequest)
                ?? throw CallerErrorException.Invalid("The request body must be a JSON object.");
        }
        catch (JsonException wrong)
        {
            throw ToCallerError(wrong);
        }
        Check(request);
        return request;
    }

    /// <summary>The serializer's path <c>$.messages[1].content</c> is the caller's parameter <c>messages[1].content</c>.</summary>
    private static CallerErrorException ToCallerError(JsonException wrong)
    {
        var param = wrong.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        return param is null
            ? CallerErrorException.Invalid("The request body is not a valid chat completion request.")
            : CallerErrorException.Invalid($"Invalid type or value for '{param}'.", param, "invalid_type");
    }

    private static void Check(ChatRequest request)
    {
        if (request.Messages.Count == 0)
        {
            throw CallerErrorException.Invalid("'messages' must hold at least one message.", "messages", "missing_required_parameter");
        }
        for (var i = 0; i < request.Messages.Count; i++)
        {
            CheckMessage(request.Messages[i], $"messages[{i}]");
        }
        CheckRange(request.Temperature, 0, 2, "temperature");
        CheckRange(request.TopP, 0, 1, "top_p");
        CheckRange(request.MaxTokens, 1, int.MaxValue, "max_tokens");
        CheckRange(request.MaxCompletionTokens, 1, int.MaxValue, "max_completion_tokens");
        CheckRange(request.N, 1, 128, "n");
        CheckRange(request.TopLogprobs, 0, 20, "top_logprobs");
        CheckRange(request.FrequencyPenalty, -2, 2, "frequency_penalty");
        CheckRange(request.PresencePenalty, -2, 2, "presence_penalty");
        if (request.Stop?.Contains(null!) == true)
        {
            throw CallerErrorException.Invalid("'stop' must be a string or an array of strings.", "stop", "invalid_type");
        }
        CheckTools(request.Tools);
        if (request.ResponseFormat is { } format)
        {
            CheckFormat(format);
        }
    }

    private static void CheckMessage(ChatMessage? message, string at)
    {
        if (message is null || !Roles.Contains(message.Role))
        {
            throw CallerErrorException.Invalid($"'{at}.role' must be one of {string.Join(", ", Roles)}.", $"{at}.role", "invalid_value");
        }
        if (message.Content is null && message.Role is not ("assistant" or "function"))
        {
            throw CallerErrorException.Invalid($"'{at}.content' is missing.", $"{at}.content", "missing_required_parameter");
        }
        if (message.Role == "tool" && string.IsNullOrEmpty(message.ToolCallId))
        {
            throw CallerErrorException.Invalid($"'{at}.tool_call_id' is missing.", $"{at}.tool_call_id", "missing_required_parameter");
        }
        for (var i = 0; i < message.Content?.Parts?.Count; i++)
        {
            CheckPart(message.Content.Parts[i], $"{at}.content[{i}]");
        }
        for (var i = 0; i < message.ToolCalls?.Count; i++)
        {
            var call = message.ToolCalls[i];
            if (string.IsNullOrEmpty(call?.Function?.Name) && call?.Custom is null)
            {
                throw CallerErrorException.Invalid($"'{at}.tool_calls[{i}].function.name' is missing.", $"{at}.tool_calls[{i}].function.name", "missing_required_parameter");
            }
        }
    }

    private static void CheckPart(ContentPart? part, string at)
    {
        var missing = part?.Type switch
        {
            "text" => part.Text is null ? "text" : null,
            "image_url" => string.IsNullOrEmpty(part.ImageUrl?.Url) ? "image_url.url" : null,
            "input_audio" => string.IsNullOrEmpty(part.InputAudio?.Data) ? "input_audio.data" : null,
            "file" => part.File is null ? "file" : null,
            "refusal" => part.Refusal is null ? "refusal" : null,
            _ => throw CallerErrorException.Invalid($"'{at}.type' must be one of {string.Join(", ", PartTypes)}.", $"{at}.type", "invalid_value"),
        };
        if (missing is not null)
        {
            throw CallerErrorException.Invalid($"'{at}.{missing}' is missing.", $"{at}.{missing}", "missing_required_parameter");
        }
    }

    private static void CheckTools(List<ToolDefinition>? tools)
    {
        for (var i = 0; i < tools?.Count; i++)
        {
            if (tools[i] is not { } tool || (tool.Type == "function" && string.IsNullOrEmpty(tool.Function?.Name)))
            {
                throw CallerErrorException.Invalid($"'tools[{i}].function.name' is missing.", $"tools[{i}].function.name", "missing_required_parameter");
            }
            if (tool.Function?.Parameters is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) })
            {
                throw CallerErrorException.Invalid($"'tools[{i}].function.parameters' must be a JSON schema object.", $"tools[{i}].function.parameters", "invalid_type");
            }
        }
    }

    private static void CheckFormat(ResponseFormat format)
    {
        if (format.Type is not ("text" or "json_object" or "json_schema"))
        {
            throw CallerErrorException.Invalid("'response_format.type' must be one of text, json_object, json_schema.", "response_format.type", "invalid_value");
        }
        if (format.Type == "json_schema" && format.JsonSchema?.Schema is not { ValueKind: JsonValueKind.Object })
        {
            throw CallerErrorException.Invalid("'response_format.json_schema.schema' must be a JSON schema object.", "response_format.json_schema.schema", "missing_required_parameter");
        }
    }

    private static void CheckRange(double? value, double least, double most, string param)
    {
        if (value < least || value > most)
        {
            throw CallerErrorException.Invalid($"'{param}' must be between {least} and {most}.", param, "invalid_value");
        }
    }
}
