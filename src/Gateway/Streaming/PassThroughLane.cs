using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Tollgate.Conversation;
using Tollgate.Dialects.OpenAi;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Streaming;

/// <summary>OpenAI in, OpenAI out: events go on as they came, scanned only for output, usage, finish and errors.</summary>
/// <param name="head">For a usage chunk the upstream did not send.</param>
/// <param name="choices">How many finish reasons make the answer whole.</param>
/// <param name="includeUsage">The caller asked for the usage chunk; else it is taken out.</param>
internal sealed class PassThroughLane(OpenAiReplyHead head, int choices, bool includeUsage) : StreamLane
{
    private readonly ChunkTemplate template = new();
    private byte[]? usageChunk;

    public override void End(IBufferWriter<byte> output)
    {
    }

    public override void Close(IBufferWriter<byte> output, in TokenUsage usage, long costMicroUsd)
    {
        if (usageChunk is not null)
        {
            WriteUsageChunk(output, usageChunk, costMicroUsd);
        }
        else if (includeUsage)
        {
            using var writer = new OpenAiStreamWriter(head, includeUsage: true);
            writer.WriteUsage(output, usage, costMicroUsd);
        }
        OpenAiStreamWriter.WriteDone(output);
    }

    protected override void ReadEvent(in SseEvent read, IBufferWriter<byte> output)
    {
        if (!read.HasData)
        {
            return;
        }
        if (read.Data.SequenceEqual("[DONE]"u8))
        {
            IsDone = true;
            IsFinished |= HasOutput;
            return;
        }
        if (!Utf8.IsValid(read.Raw))
        {
            throw new JsonException();
        }
        if (template.Matches(read.Data, out var textBytes))
        {
            Count(textBytes);
            HasOutput |= textBytes > 0;
            Pass(read, output);
            return;
        }
        var chunk = OpenAiChunk.Read(read.Data);
        Failure = chunk.Failure;
        Tier = chunk.Tier ?? Tier;
        Usage = (chunk.Usage ?? Usage) is { } usage ? usage with { Tier = Tier } : null;
        if (Failure is not null)
        {
            return;
        }
        if (chunk.Usage is not null && !chunk.HasChoices)
        {
            // Nothing but [DONE] comes behind it.
            usageChunk = includeUsage ? OneLine(read.Data) : null;
            IsDone = IsFinished;
            return;
        }
        Count(chunk.OutputBytes);
        HasOutput |= chunk.HasOutput;
        Finish(chunk.FinishReasons);
        if (chunk is { Finishes: 0, Usage: null } && !chunk.OnlyText.Equals(default))
        {
            template.Learn(read.Data, chunk.OnlyText);
        }
        IsFinished = Finishes.Count >= choices;
        Pass(read, output);
    }

    /// <summary>An upstream's last event may lack its blank line, and half a CRLF may still be on its way: every event gets the same end.</summary>
    private static void Pass(in SseEvent read, IBufferWriter<byte> output)
    {
        if (read.Raw.EndsWith("\n\n"u8))
        {
            output.Write(read.Raw);
            return;
        }
        output.Write(read.Raw.TrimEnd("\r\n"u8));
        output.Write("\n\n"u8);
    }

    /// <summary>Data that came in several lines is written as one; a line end in JSON is only white space.</summary>
    private static byte[] OneLine(ReadOnlySpan<byte> data)
    {
        var line = data.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        return line;
    }

    /// <summary>The upstream's own chunk with the cost behind its last member.</summary>
    private static void WriteUsageChunk(IBufferWriter<byte> output, byte[] chunk, long costMicroUsd)
    {
        output.Write("data: "u8);
        output.Write(chunk.AsSpan(0, chunk.AsSpan().LastIndexOf((byte)'}')));
        output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"tollgate\":{{\"cost_usd\":{costMicroUsd / 1_000_000m}}}}}\n\n")));
    }
}
