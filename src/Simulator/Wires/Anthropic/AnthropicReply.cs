using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Anthropic;

/// <summary>Writes a whole message.</summary>
internal static class AnthropicReply
{
    public static JsonObject Write(Answer answer)
    {
        var content = new JsonArray();
        if (answer.Reasoning.Count > 0)
            content.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = answer.ReasoningText, ["signature"] = AnthropicParts.Signature(answer) });
        if (answer.Text.Count > 0)
            content.Add(new JsonObject { ["type"] = "text", ["text"] = answer.FullText });
        for (var i = 0; i < answer.Calls.Count; i++)
            // A call that the limit cut has no whole input, and an input is an object: such a call is left out.
            if (answer.Calls[i].Whole)
                content.Add(new JsonObject
                {
                    ["type"] = "tool_use",
                    ["id"] = AnthropicParts.CallId(answer, i),
                    ["name"] = answer.Calls[i].Name,
                    ["input"] = JsonNode.Parse(answer.Calls[i].Arguments),
                });
        return AnthropicParts.Message(answer, content, AnthropicParts.StopReason(answer.Finish), AnthropicParts.Usage(answer, answer.CompletionTokens));
    }
}
