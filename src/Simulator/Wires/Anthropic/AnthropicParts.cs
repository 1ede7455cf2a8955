using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Anthropic;

/// <summary>The pieces that a whole message and a stream share.</summary>
internal static class AnthropicParts
{
    public static JsonObject Message(Answer answer, JsonArray content, string? stopReason, JsonObject? usage)
    {
        var message = new JsonObject
        {
            ["id"] = answer.Id("msg_01", 22),
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = answer.Model,
            ["content"] = content,
            ["stop_reason"] = stopReason,
            ["stop_sequence"] = null,
        };
        if (usage is not null)
            message["usage"] = usage;
        return message;
    }

    /// <summary>Usage with the tokens generated so far; null if the scenario hides it.</summary>
    public static JsonObject? Usage(Answer answer, int outputTokens)
    {
        if (!answer.ShowUsage)
            return null;
        return new JsonObject
        {
            ["input_tokens"] = answer.Prompt.Tokens - answer.CachedTokens,
            ["cache_creation_input_tokens"] = 0,
            ["cache_read_input_tokens"] = answer.CachedTokens,
            ["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = 0, ["ephemeral_1h_input_tokens"] = 0 },
            ["output_tokens"] = outputTokens,
            ["service_tier"] = "standard",
        };
    }

    public static string StopReason(Finish finish) => finish switch
    {
        Finish.Length => "max_tokens",
        Finish.ToolCalls => "tool_use",
        Finish.Filter or Finish.Blocked => "refusal",
        _ => "end_turn",
    };

    public static string CallId(Answer answer, int index) => answer.Id("toolu_01", 22, 1 + index);

    public static string Signature(Answer answer) => Ids.Signature(answer.Seed, -1);
}
