namespace Tollgate.Providers.Anthropic.Replies;

internal sealed class OpenRedaction(string data) : OpenBlock
{
    public override void Close(StreamSink sink, string origin) => AddThoughts(sink, origin, "redacted_thinking", ("data", data));
}
