using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>The pieces that a whole reply and a stream's chunk share.</summary>
internal static class GeminiParts
{
    public static JsonObject Thought(string text) => new() { ["text"] = text, ["thought"] = true };

    public static JsonObject Text(string text) => new() { ["text"] = text };

    /// <summary>A call; the first of an answer carries the signature, as the API does it.</summary>
    public static JsonObject Call(Answer answer, int index)
    {
        var call = new JsonObject
        {
            ["functionCall"] = new JsonObject
            {
                ["id"] = answer.Id("", 8, 1 + index),
                ["name"] = answer.Calls[index].Name,
                ["args"] = JsonNode.Parse(answer.Calls[index].Arguments),
            },
        };
        if (index == 0)
            call["thoughtSignature"] = Signature(answer);
        return call;
    }

    public static string Signature(Answer answer) => Ids.Signature(answer.Seed, -1);

    public static JsonObject Candidate(int index, IEnumerable<JsonObject> parts, string? finish)
    {
        var candidate = new JsonObject
        {
            ["content"] = new JsonObject { ["parts"] = new JsonArray([.. parts]), ["role"] = "model" },
            ["index"] = index,
        };
        if (finish is not null)
            candidate["finishReason"] = finish;
        if (finish is "SAFETY")
            candidate["safetyRatings"] = SafetyRatings();
        return candidate;
    }

    /// <summary>The object around the candidates, with the tokens generated so far.</summary>
    public static JsonObject Envelope(Answer answer, JsonArray? candidates, int thoughts, int tokens)
    {
        var reply = new JsonObject();
        if (candidates is not null)
            reply["candidates"] = candidates;
        else
            reply["promptFeedback"] = new JsonObject { ["blockReason"] = "PROHIBITED_CONTENT", ["safetyRatings"] = SafetyRatings() };
        if (answer.ShowUsage)
            reply["usageMetadata"] = Usage(answer, thoughts, tokens);
        reply["modelVersion"] = answer.Model;
        reply["responseId"] = answer.Id("", 22);
        return reply;
    }

    public static string FinishReason(Finish finish) => finish switch
    {
        Finish.Length => "MAX_TOKENS",
        Finish.Filter => "SAFETY",
        _ => "STOP",
    };

    private static JsonObject Usage(Answer answer, int thoughts, int tokens)
    {
        var usage = new JsonObject { ["promptTokenCount"] = answer.Prompt.Tokens };
        if (tokens > 0)
            usage["candidatesTokenCount"] = tokens;
        if (thoughts > 0)
            usage["thoughtsTokenCount"] = thoughts;
        if (answer.CachedTokens > 0)
            usage["cachedContentTokenCount"] = answer.CachedTokens;
        usage["totalTokenCount"] = answer.Prompt.Tokens + tokens + thoughts;
        usage["promptTokensDetails"] = new JsonArray(new JsonObject { ["modality"] = "TEXT", ["tokenCount"] = answer.Prompt.Tokens });
        return usage;
    }

    private static JsonArray SafetyRatings() =>
        [new JsonObject { ["category"] = "HARM_CATEGORY_DANGEROUS_CONTENT", ["probability"] = "HIGH", ["blocked"] = true }];
}
