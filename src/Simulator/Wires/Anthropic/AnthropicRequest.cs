using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Anthropic;

/// <summary>Reads a messages request.</summary>
internal static class AnthropicRequest
{
    /// <summary>Reads and checks the request.</summary>
    /// <exception cref="RejectedException">Anthropic would refuse it.</exception>
    public static Prompt Read(Call call, bool vertex)
    {
        AnthropicRules.CheckVersion(call, vertex);
        AnthropicRules.CheckParameters(call, vertex);
        var messages = AnthropicMessages.Check(call.Body);

        var body = call.Body;
        var choice = body["tool_choice"];
        var mode = choice.At("type").Text();
        return new Prompt
        {
            Texts = [AnthropicMessages.Text(body["system"]), .. messages.Select(m => AnthropicMessages.Text(m.At("content")))],
            LastUserText = AnthropicMessages.Text(messages.LastOrDefault(AnthropicMessages.IsUser).At("content")),
            EndsWithToolResult = messages[^1].At("content").Items().Any(b => AnthropicMessages.IsBlock(b, "tool_result")),
            MaxTokens = body["max_tokens"].Int(),
            Tools = [.. body["tools"].Items().Where(t => t.At("input_schema") is not null)
                .Select(t => new Tool(t.At("name").Text() ?? "", t.At("input_schema")))],
            ToolUse = mode switch
            {
                "any" or "tool" => ToolUse.Demanded,
                "none" => ToolUse.Forbidden,
                _ => ToolUse.Allowed,
            },
            DemandedTools = mode is "tool" ? [choice.At("name").Text() ?? ""] : [],
            ParallelCalls = choice.At("disable_parallel_tool_use").Bool() != true,
            Schema = body["output_config"].At("format").At("schema"),
        };
    }
}
