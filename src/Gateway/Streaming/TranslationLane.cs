using System.Buffers;
using System.Text;
using Tollgate.Conversation;
using Tollgate.Dialects.OpenAi;
using Tollgate.Providers;

namespace Tollgate.Streaming;

/// <summary>Another wire in, OpenAI out: each event is translated and written at once.</summary>
internal sealed class TranslationLane(IStreamTranslator translator, OpenAiReplyHead head, bool includeUsage) : StreamLane
{
    private readonly OpenAiStreamWriter writer = new(head, includeUsage);
    private readonly StreamSink sink = new();

    public override void End(IBufferWriter<byte> output)
    {
        translator.End(sink);
        Take(output);
    }

    public override void Close(IBufferWriter<byte> output, in TokenUsage usage, long costMicroUsd)
    {
        if (includeUsage)
        {
            writer.WriteUsage(output, usage, costMicroUsd);
        }
        OpenAiStreamWriter.WriteDone(output);
    }

    public override void Dispose()
    {
        base.Dispose();
        writer.Dispose();
    }

    protected override void ReadEvent(in SseEvent read, IBufferWriter<byte> output)
    {
        if (read.HasData)
        {
            translator.Read(read.Type, read.Data, sink);
            Take(output);
        }
    }

    private void Take(IBufferWriter<byte> output)
    {
        if (sink.Ping)
        {
            output.Write(": ping\n\n"u8);
        }
        foreach (var delta in sink.Deltas)
        {
            HasOutput |= delta.FinishReason is not null || !delta.Message.IsEmpty;
            Count(BytesOf(delta.Message));
            if (delta.FinishReason is { } reason)
            {
                Finish(reason);
            }
            writer.WriteDelta(output, delta);
        }
        Failure = sink.Failure;
        Usage = sink.Usage;
        Tier = Usage?.Tier ?? Tier;
        IsFinished = sink.Finished;
        sink.Clear();
    }

    private static int BytesOf(ReplyMessage message)
    {
        var bytes = Bytes(message.Content) + Bytes(message.ReasoningContent) + Bytes(message.Refusal);
        foreach (var call in message.ToolCalls ?? [])
        {
            bytes += Bytes(call.Function?.Name) + Bytes(call.Function?.Arguments);
        }
        return bytes;
    }

    private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
