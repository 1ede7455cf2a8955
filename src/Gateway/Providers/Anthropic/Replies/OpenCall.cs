using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Replies;

internal sealed class OpenCall : OpenBlock
{
    private readonly int index;
    private readonly JsonElement? input;
    private bool hasArguments;

    /// <summary>The first fragment of a call carries its id and name.</summary>
    public OpenCall(int index, ContentBlock block, StreamSink sink)
    {
        this.index = index;
        input = block.Input;
        Add(sink, new ToolCall { Id = block.Id, Type = "function", Function = new FunctionCall { Name = block.Name, Arguments = "" } });
    }

    public void Add(string? fragment, StreamSink sink)
    {
        if (!string.IsNullOrEmpty(fragment))
        {
            hasArguments = true;
            Add(sink, new ToolCall { Function = new FunctionCall { Arguments = fragment } });
        }
    }

    /// <summary>Anthropic streams nothing for a call without arguments; its callers parse them all the same.</summary>
    public override void Close(StreamSink sink, string origin)
    {
        if (!hasArguments)
        {
            Add(input is { ValueKind: JsonValueKind.Object } whole ? whole.GetRawText() : "{}", sink);
        }
    }

    private void Add(StreamSink sink, ToolCall call)
    {
        call.Index = index;
        sink.Deltas.Add(new ChatDelta { Message = { ToolCalls = [call] } });
    }
}
