using System.Globalization;
using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>Reads a chat completion request.</summary>
internal static class OpenAiRequest
{
    /// <summary>Reads and checks the request.</summary>
    /// <exception cref="RejectedException">OpenAI would refuse it.</exception>
    public static Prompt Read(Call call)
    {
        var body = call.Body;
        if (call.Model.Length == 0)
            throw RejectedException.Invalid("you must provide a model parameter");
        if (body["messages"] is not JsonArray { Count: > 0 } messages)
            throw RejectedException.Invalid("[] is too short - 'messages'", "messages");
        OpenAiMessages.Check(messages);
        if (body["n"] is { } n && n.Int() is not (>= 1 and <= 128))
            throw RejectedException.Invalid("Invalid 'n': expected an integer from 1 to 128.", "n");

        var choice = body["tool_choice"];
        var allowed = choice.At("allowed_tools");
        var mode = allowed?["mode"].Text() ?? choice.Text();
        var named = choice.At("function").At("name").Text();
        return new Prompt
        {
            Texts = [.. messages.Select(m => OpenAiMessages.Text(m))],
            LastUserText = OpenAiMessages.Text(messages.LastOrDefault(m => OpenAiMessages.HasRole(m, "user"))),
            EndsWithToolResult = OpenAiMessages.HasRole(messages[^1], "tool"),
            MaxTokens = Limit(body, "max_completion_tokens") ?? Limit(body, "max_tokens"),
            Tools = [.. body["tools"].Items().Select(t => t.At("function")).Where(f => f is not null)
                .Select(f => new Tool(f.At("name").Text() ?? "", f.At("parameters")))],
            ToolUse = named is not null ? ToolUse.Demanded : mode switch
            {
                "none" => ToolUse.Forbidden,
                "required" => ToolUse.Demanded,
                _ => ToolUse.Allowed,
            },
            DemandedTools = named is not null ? [named]
                : [.. allowed.At("tools").Items().Select(t => t.At("function").At("name").Text() ?? "")],
            ParallelCalls = body["parallel_tool_calls"].Bool() ?? true,
            Schema = Schema(body["response_format"]),
            Choices = body["n"].Int() ?? 1,
            LogProbs = body["logprobs"].Bool() == true ? body["top_logprobs"].Int() ?? 0 : null,
            StreamUsage = body["stream_options"].At("include_usage").Bool() == true,
        };
    }

    private static int? Limit(JsonObject body, string name)
    {
        if (body[name] is not { } node)
            return null;
        if (node.Int() is not { } limit)
            throw RejectedException.Invalid($"Invalid type for '{name}': expected an integer.", name);
        return limit >= 1 ? limit : throw RejectedException.Invalid(
            string.Create(CultureInfo.InvariantCulture, $"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {limit} instead."), name);
    }

    private static JsonNode? Schema(JsonNode? format) => format.At("type").Text() switch
    {
        "json_schema" => format.At("json_schema").At("schema")
            ?? throw RejectedException.Invalid("Missing required parameter: 'response_format.json_schema.schema'.", "response_format"),
        "json_object" => new JsonObject { ["properties"] = new JsonObject { ["answer"] = new JsonObject { ["type"] = "string" } } },
        _ => null,
    };
}
