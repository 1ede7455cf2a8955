using Tollgate.Providers.Gemini;

namespace Tollgate.Gateway.Tests.Wire;

public sealed class GeminiWireTests
{
    private const string Origin = "gemini/gemini-2.5-flash";

    private static readonly string[] Rules = ["C.1", "C.2", "C.3", "C.4", "C.5", "C.6", "C.7", "C.8", "D.1", "D.2", "D.3", "D.4"];

    public static TheoryData<string> Requests => Transcript.Names("C.", ".request.json");

    public static TheoryData<string> Replies => Transcript.Names("D.", ".reply.json");

    public static TheoryData<string> Streams => Transcript.Names("D.", ".upstream.sse");

    [Theory]
    [MemberData(nameof(Requests))]
    public void WriteRequest_Transcript_SaysTheSame(string name) => WireRunner.Request(WireFor(name), name, GeminiModels.Of);

    [Theory]
    [MemberData(nameof(Replies))]
    public void ReadReply_Transcript_SaysTheSame(string name) => WireRunner.Reply(WireFor(name), name, Origin);

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task OpenStream_TranscriptInReadsOfAnySize_SaysTheSame(string name)
    {
        foreach (var readSize in (int[])[1, 7, 4096])
        {
            await WireRunner.StreamAsync(WireFor(name), name, Origin, readSize);
        }
    }

    [Fact]
    public void EveryRule_HasATranscript()
    {
        var names = new[] { Requests, Replies, Streams }.SelectMany(table => table.Cast<object[]>()).Select(row => (string)row[0]).ToList();
        Assert.All(Rules, rule => Assert.Contains(names, name => name.StartsWith(rule + "-", StringComparison.Ordinal)));
    }

    private static GeminiWire WireFor(string name) =>
        new(name.Contains("-vertex-", StringComparison.Ordinal) ? GeminiPlatform.Vertex : GeminiPlatform.GeminiApi);
}
