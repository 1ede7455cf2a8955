using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>Writes a whole GenerateContentResponse.</summary>
internal static class GeminiReply
{
    public static JsonObject Write(Answer answer)
    {
        var candidates = answer.Finish == Finish.Blocked ? null : new JsonArray([.. Enumerable.Range(0, answer.Prompt.Choices)
            .Select(i => GeminiParts.Candidate(i, Parts(answer), GeminiParts.FinishReason(answer.Finish)))]);
        return GeminiParts.Envelope(answer, candidates, answer.ReasoningTokens, answer.CompletionTokens - answer.ReasoningTokens);
    }

    private static IEnumerable<JsonObject> Parts(Answer answer)
    {
        if (answer.Reasoning.Count > 0)
            yield return GeminiParts.Thought(answer.ReasoningText);
        if (answer.Text.Count > 0)
        {
            var text = GeminiParts.Text(answer.FullText);
            if (answer.Reasoning.Count > 0)
                text["thoughtSignature"] = GeminiParts.Signature(answer);
            yield return text;
        }

        for (var i = 0; i < answer.Calls.Count; i++)
            // Calls are never partial on this wire: one that the limit cut does not appear.
            if (answer.Calls[i].Whole)
                yield return GeminiParts.Call(answer, i);
    }
}
