using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>Writes a <c>chat.completion</c> object.</summary>
internal static class OpenAiReply
{
    public static JsonObject Write(Answer answer, bool azure)
    {
        var choices = new JsonArray([.. Enumerable.Range(0, answer.Prompt.Choices).Select(i => Choice(answer, i, azure))]);
        var reply = OpenAiParts.Envelope(answer, "chat.completion", choices);
        if (azure)
            reply["prompt_filter_results"] = AzureParts.PromptFilterResults();
        if (answer.ShowUsage)
            reply["usage"] = OpenAiParts.Usage(answer);
        return reply;
    }

    private static JsonObject Choice(Answer answer, int index, bool azure)
    {
        var choice = new JsonObject
        {
            ["index"] = index,
            ["message"] = Message(answer, index),
            ["logprobs"] = OpenAiParts.LogProbs(answer, answer.Text),
            ["finish_reason"] = OpenAiParts.FinishReason(answer.Finish),
        };
        if (azure)
            choice["content_filter_results"] = AzureParts.FilterResults(answer.Finish == Finish.Filter);
        return choice;
    }

    private static JsonObject Message(Answer answer, int index)
    {
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = answer.Calls.Count > 0 ? null : answer.FullText,
            ["refusal"] = null,
            ["annotations"] = new JsonArray(),
        };
        if (answer.Reasoning.Count > 0)
            message["reasoning_content"] = answer.ReasoningText;
        if (answer.Calls.Count > 0)
            message["tool_calls"] = new JsonArray([.. answer.Calls.Select((c, i) => new JsonObject
            {
                ["id"] = OpenAiParts.CallId(answer, index, i),
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = c.Name, ["arguments"] = c.Arguments },
            })]);
        return message;
    }
}
