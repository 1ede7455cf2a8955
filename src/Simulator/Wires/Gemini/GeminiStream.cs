using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>Writes a stream's chunks, each of them a GenerateContentResponse.</summary>
internal static class GeminiStream
{
    public static IEnumerable<WireEvent> Events(Answer answer)
    {
        if (answer.Finish == Finish.Blocked)
        {
            yield return WireEvent.Of(Part.Closing, GeminiParts.Envelope(answer, candidates: null, 0, 0));
            yield break;
        }

        var (thoughts, tokens) = (0, 0);
        foreach (var token in answer.Reasoning)
            foreach (var choice in Choices(answer))
                yield return Chunk(answer, Part.Token, choice, GeminiParts.Thought(token), ++thoughts, tokens);
        foreach (var token in answer.Text)
            foreach (var choice in Choices(answer))
                yield return Chunk(answer, Part.Token, choice, GeminiParts.Text(token), thoughts, ++tokens);
        for (var i = 0; i < answer.Calls.Count; i++)
            foreach (var choice in Choices(answer))
            {
                tokens += answer.Calls[i].Fragments.Count;
                if (answer.Calls[i].Whole)
                    yield return Chunk(answer, Part.Token, choice, GeminiParts.Call(answer, i), thoughts, tokens);
            }

        foreach (var choice in Choices(answer))
            yield return Chunk(answer, Part.Closing, choice, Last(answer), thoughts, tokens, GeminiParts.FinishReason(answer.Finish));
    }

    private static IEnumerable<int> Choices(Answer answer) => Enumerable.Range(0, answer.Prompt.Choices);

    // After a reasoning the last part has no text but carries the signature, which clients must not lose.
    private static JsonObject Last(Answer answer)
    {
        var part = GeminiParts.Text("");
        if (answer.Reasoning.Count > 0 && answer.Calls.Count == 0)
            part["thoughtSignature"] = GeminiParts.Signature(answer);
        return part;
    }

    private static WireEvent Chunk(Answer answer, Part part, int choice, JsonObject content, int thoughts, int tokens, string? finish = null) =>
        WireEvent.Of(part, GeminiParts.Envelope(answer, new JsonArray(GeminiParts.Candidate(choice, [content], finish)), thoughts, tokens));
}
