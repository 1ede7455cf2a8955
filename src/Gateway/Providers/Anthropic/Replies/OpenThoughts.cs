using System.Text;
using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Replies;

internal sealed class OpenThoughts : OpenBlock
{
    private readonly StringBuilder text = new();
    private readonly StringBuilder signature = new();

    public void Add(string? thought, string? signed, StreamSink sink)
    {
        signature.Append(signed);
        if (!string.IsNullOrEmpty(thought))
        {
            text.Append(thought);
            sink.Deltas.Add(new ChatDelta { Message = { ReasoningContent = thought } });
        }
    }

    /// <summary>Also without a text: then the signature holds the thoughts. Without a signature the block could not be sent back.</summary>
    public override void Close(StreamSink sink, string origin)
    {
        if (signature.Length > 0)
        {
            AddThoughts(sink, origin, "thinking", ("thinking", text.ToString()), ("signature", signature.ToString()));
        }
    }
}
