using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Tollgate.Catalogue;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Providers;
using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Wire;

/// <summary>Feeds one transcript through a wire and compares the whole output.</summary>
internal static class WireRunner
{
    private static readonly OpenAiReplyHead Head = new("chatcmpl-test", 1790000000, "asked-model");

    public static void Request(IWire wire, string name, Func<string, ModelProfile> profileOf)
    {
        var transcript = Transcript.Json(name, ".request.json");
        var translation = new Translation(
            strict: transcript["strict"]?.GetValue<bool>() ?? false,
            stream: transcript["stream"]?.GetValue<bool>() ?? false,
            tenant: "acme");
        var body = new ArrayBufferWriter<byte>();
        var write = () =>
        {
            var request = OpenAiRequestReader.Read(Encoding.UTF8.GetBytes(transcript["caller"]!.ToJsonString()));
            wire.WriteRequest(request, profileOf(transcript["model"]!.GetValue<string>()), translation, body);
        };
        if (transcript["error"] is JsonObject error)
        {
            var thrown = Assert.Throws<CallerErrorException>(write);
            Assert.Equal(400, thrown.Status);
            Assert.Equal(error["param"]?.GetValue<string>(), thrown.Param);
            return;
        }
        write();
        Transcript.AssertSame(transcript["upstream"], body.WrittenSpan);
        Assert.Equal(transcript["dropped"]?.AsArray().Select(item => item!.GetValue<string>()) ?? [], translation.Dropped);
    }

    public static void Reply(IWire wire, string name, string origin)
    {
        var transcript = Transcript.Json(name, ".reply.json");
        var result = wire.ReadReply(Encoding.UTF8.GetBytes(transcript["upstream"]!.ToJsonString()), new ReplyContext(origin, "test"));
        if (transcript["failure"] is { } failure)
        {
            Assert.Equal(failure.GetValue<string>(), result.Failure?.Kind.ToString());
            return;
        }
        var output = new ArrayBufferWriter<byte>();
        OpenAiReplyWriter.Write(output, Head, result.Reply!);
        Transcript.AssertSame(transcript["caller"], output.WrittenSpan);
    }

    /// <summary>Streams a transcript through in reads of <paramref name="readSize"/> bytes; the usage chunk is asked for.</summary>
    public static async Task StreamAsync(IWire wire, string name, string origin, int readSize)
    {
        var output = new ArrayBufferWriter<byte>();
        using var reader = new SseReader(new ShortReads(Transcript.Bytes(name, ".upstream.sse"), readSize));
        using var lane = new TranslationLane(wire.OpenStream(new ReplyContext(origin, "test")), Head, includeUsage: true);
        bool more;
        do
        {
            more = await reader.FillAsync(CancellationToken.None);
            while (reader.TryRead(out var read))
            {
                lane.Read(read, output);
            }
        }
        while (more);
        lane.End(output);
        if (lane.Failure is { } failure)
        {
            output.Write(Encoding.UTF8.GetBytes($"data: failure {failure.Kind}\n\n"));
        }
        else if (lane.IsFinished)
        {
            if (lane.Usage is { } usage)
            {
                lane.Close(output, usage, costMicroUsd: 0);
            }
            else
            {
                OpenAiStreamWriter.WriteDone(output);
            }
        }
        Transcript.AssertSameStream(Transcript.Bytes(name, ".caller.sse"), output.WrittenSpan);
    }
}
