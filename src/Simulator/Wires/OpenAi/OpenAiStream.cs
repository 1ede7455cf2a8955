using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>Writes the <c>chat.completion.chunk</c> events of a stream.</summary>
internal sealed class OpenAiStream(Answer answer, bool azure)
{
    private readonly bool usage = answer.Prompt.StreamUsage && answer.ShowUsage;

    public IEnumerable<WireEvent> Events()
    {
        if (azure)
            yield return WireEvent.Of(Part.Frame, AzureParts.OpeningChunk());
        foreach (var choice in Choices())
            yield return Chunk(Part.Frame, choice, new JsonObject { ["role"] = "assistant", ["content"] = answer.Calls.Count > 0 ? null : "", ["refusal"] = null });

        foreach (var token in answer.Reasoning)
            foreach (var choice in Choices())
                yield return Chunk(Part.Token, choice, new JsonObject { ["reasoning_content"] = token });
        foreach (var token in answer.Text)
            foreach (var choice in Choices())
                yield return Chunk(Part.Token, choice, new JsonObject { ["content"] = token }, OpenAiParts.LogProbs(answer, [token]));
        for (var i = 0; i < answer.Calls.Count; i++)
            foreach (var item in CallEvents(i))
                yield return item;

        foreach (var choice in Choices())
            yield return Chunk(Part.Closing, choice, [], finish: OpenAiParts.FinishReason(answer.Finish));
        if (usage)
            yield return WireEvent.Of(Part.Closing, UsageChunk());
        if (answer.ShowDone)
            yield return new WireEvent(null, "[DONE]", Part.Closing);
    }

    private IEnumerable<int> Choices() => Enumerable.Range(0, answer.Prompt.Choices);

    private IEnumerable<WireEvent> CallEvents(int index)
    {
        var call = answer.Calls[index];
        foreach (var choice in Choices())
            yield return Chunk(Part.Frame, choice, CallDelta(new JsonObject
            {
                ["index"] = index,
                ["id"] = OpenAiParts.CallId(answer, choice, index),
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = "" },
            }));
        foreach (var fragment in call.Fragments)
            foreach (var choice in Choices())
                yield return Chunk(Part.Token, choice, CallDelta(new JsonObject
                {
                    ["index"] = index,
                    ["function"] = new JsonObject { ["arguments"] = fragment },
                }));
    }

    private static JsonObject CallDelta(JsonObject call) => new() { ["tool_calls"] = new JsonArray(call) };

    private WireEvent Chunk(Part part, int index, JsonObject delta, JsonObject? logProbs = null, string? finish = null)
    {
        var choice = new JsonObject { ["index"] = index, ["delta"] = delta, ["logprobs"] = logProbs, ["finish_reason"] = finish };
        if (azure)
            choice["content_filter_results"] = part == Part.Frame ? [] : AzureParts.FilterResults(finish is "content_filter");
        var chunk = OpenAiParts.Envelope(answer, "chat.completion.chunk", new JsonArray(choice));
        // A client that asked for usage sees the member in every chunk, null but in the last.
        if (usage)
            chunk["usage"] = null;
        return WireEvent.Of(part, chunk);
    }

    private JsonObject UsageChunk()
    {
        var chunk = OpenAiParts.Envelope(answer, "chat.completion.chunk", []);
        chunk["usage"] = OpenAiParts.Usage(answer);
        return chunk;
    }
}
