using System.Text;
using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>The pieces that a whole reply and a stream's chunk share.</summary>
internal static class OpenAiParts
{
    private const double LogProb = -0.125;

    /// <summary>The object around the choices.</summary>
    public static JsonObject Envelope(Answer answer, string kind, JsonArray choices) => new()
    {
        ["id"] = answer.Id("chatcmpl-", 29),
        ["object"] = kind,
        ["created"] = answer.Created.ToUnixTimeSeconds(),
        ["model"] = answer.Model,
        ["choices"] = choices,
        ["service_tier"] = "default",
        ["system_fingerprint"] = "fp_simulator",
    };

    public static JsonObject Usage(Answer answer) => new()
    {
        ["prompt_tokens"] = answer.Prompt.Tokens,
        ["completion_tokens"] = answer.CompletionTokens,
        ["total_tokens"] = answer.TotalTokens,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = answer.CachedTokens, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = answer.ReasoningTokens,
            ["audio_tokens"] = 0,
            ["accepted_prediction_tokens"] = 0,
            ["rejected_prediction_tokens"] = 0,
        },
    };

    public static string FinishReason(Finish finish) => finish switch
    {
        Finish.Length => "length",
        Finish.ToolCalls => "tool_calls",
        Finish.Filter or Finish.Blocked => "content_filter",
        _ => "stop",
    };

    public static string CallId(Answer answer, int choice, int call) => answer.Id("call_", 24, 1 + choice * 1000 + call);

    /// <summary>Log probabilities of the tokens; null if none were asked for.</summary>
    public static JsonObject? LogProbs(Answer answer, IEnumerable<string> tokens) =>
        answer.Prompt.LogProbs is not { } alternatives ? null : new JsonObject
        {
            ["content"] = new JsonArray([.. tokens.Select(t => LogProbOf(t, alternatives))]),
            ["refusal"] = null,
        };

    private static JsonObject LogProbOf(string token, int alternatives)
    {
        var entry = Entry(token, LogProb);
        entry["top_logprobs"] = new JsonArray([.. Enumerable.Range(0, alternatives)
            .Select(i => Entry(i == 0 ? token : $"{token}~{(char)('a' + i)}", LogProb - i))]);
        return entry;
    }

    private static JsonObject Entry(string token, double logProb) => new()
    {
        ["token"] = token,
        ["logprob"] = logProb,
        ["bytes"] = new JsonArray([.. Encoding.UTF8.GetBytes(token).Select(b => JsonValue.Create((int)b))]),
    };
}
