using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Anthropic;

/// <summary>Writes a stream's events, see https://docs.claude.com/en/docs/build-with-claude/streaming.</summary>
internal sealed class AnthropicStream(Answer answer)
{
    private int index;

    public IEnumerable<WireEvent> Events()
    {
        yield return Event(Part.Frame, "message_start", "message",
            AnthropicParts.Message(answer, [], stopReason: null, AnthropicParts.Usage(answer, Math.Min(1, answer.CompletionTokens))));
        yield return Event(Part.Frame, new JsonObject { ["type"] = "ping" });

        if (answer.Reasoning.Count > 0)
            foreach (var item in Thinking())
                yield return item;
        if (answer.Text.Count > 0)
            foreach (var item in Block(new JsonObject { ["type"] = "text", ["text"] = "" }, "text_delta", "text", answer.Text))
                yield return item;
        for (var i = 0; i < answer.Calls.Count; i++)
            foreach (var item in Call(i))
                yield return item;

        yield return MessageDelta();
        yield return Event(Part.Closing, new JsonObject { ["type"] = "message_stop" });
    }

    private IEnumerable<WireEvent> Thinking() => Block(
        new JsonObject { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" }, "thinking_delta", "thinking", answer.Reasoning,
        new JsonObject { ["type"] = "signature_delta", ["signature"] = AnthropicParts.Signature(answer) });

    private IEnumerable<WireEvent> Call(int call) => Block(
        new JsonObject { ["type"] = "tool_use", ["id"] = AnthropicParts.CallId(answer, call), ["name"] = answer.Calls[call].Name, ["input"] = new JsonObject() },
        "input_json_delta", "partial_json", answer.Calls[call].Fragments);

    private IEnumerable<WireEvent> Block(JsonObject start, string deltaType, string member, IReadOnlyList<string> tokens, JsonObject? last = null)
    {
        yield return Event(Part.Frame, "content_block_start", "content_block", start, index);
        foreach (var token in tokens)
            yield return Event(Part.Token, "content_block_delta", "delta", new JsonObject { ["type"] = deltaType, [member] = token }, index);
        if (last is not null)
            yield return Event(Part.Frame, "content_block_delta", "delta", last, index);
        yield return Event(Part.Frame, new JsonObject { ["type"] = "content_block_stop", ["index"] = index });
        index++;
    }

    private WireEvent MessageDelta()
    {
        var data = new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = AnthropicParts.StopReason(answer.Finish), ["stop_sequence"] = null },
        };
        if (AnthropicParts.Usage(answer, answer.CompletionTokens) is { } usage)
            data["usage"] = usage;
        return Event(Part.Closing, data);
    }

    private static WireEvent Event(Part part, string type, string member, JsonObject value, int? index = null)
    {
        var data = new JsonObject { ["type"] = type };
        if (index is not null)
            data["index"] = index;
        data[member] = value;
        return Event(part, data);
    }

    private static WireEvent Event(Part part, JsonObject data) => WireEvent.Of(part, data, data["type"].Text());
}
