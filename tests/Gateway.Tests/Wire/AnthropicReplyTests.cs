using Tollgate.Providers.Anthropic;

namespace Tollgate.Gateway.Tests.Wire;

public sealed class AnthropicReplyTests
{
    private const string Origin = "anthropic/claude-test";

    private readonly AnthropicWire wire = new(AnthropicPlatform.Direct);

    public static TheoryData<string> Replies => Transcript.Names("B.", ".reply.json");

    public static TheoryData<string> Streams => Transcript.Names("B.", ".upstream.sse");

    [Theory]
    [MemberData(nameof(Replies))]
    public void ReadReply_Transcript_GivesTheWholeAnswer(string name) => WireRunner.Reply(wire, name, Origin);

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task OpenStream_TranscriptInAnyReadSize_GivesTheWholeStream(string name)
    {
        foreach (var readSize in (int[])[1, 7, 4096])
        {
            await WireRunner.StreamAsync(wire, name, Origin, readSize);
        }
    }

    [Fact]
    public void Cases_EveryRuleOfTableB_HasOne()
    {
        var names = Replies.Cast<object[]>().Concat(Streams.Cast<object[]>()).Select(row => (string)row[0]).ToList();
        Assert.All(Enumerable.Range(1, 4), rule => Assert.Contains(names, name => name.StartsWith($"B.{rule}-", StringComparison.Ordinal)));
    }
}
