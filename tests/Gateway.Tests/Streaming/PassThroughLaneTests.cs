using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Tollgate.Conversation;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Streaming;

public sealed class PassThroughLaneTests
{
    private const string Role = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    private const string Text = "data: {\"id\":\"c-1\",  \"unknown\":{\"x\":[1]},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"logprobs\":null}]}\n\n";
    private const string Finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Usage = "data: {\"id\":\"c-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n";
    private const string Done = "data: [DONE]\n\n";

    private static readonly OpenAiReplyHead Head = new("chatcmpl-test", 1790000000, "asked");

    [Fact]
    public async Task F_SameWire_BytesAndUnknownFieldsAreUnchanged()
    {
        var (lane, output) = await ReadAsync(Role + Text + Finish + Done);
        Assert.Equal(Role + Text + Finish, output);
        Assert.True(lane.HasOutput && lane.IsFinished && lane.IsDone);
        Assert.Null(lane.Failure);
        Assert.Equal(1, lane.CountedTokens);
    }

    [Theory]
    [InlineData("{\"service_tier\":\"priority\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}", "priority")]
    [InlineData("{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}", "flex")]
    [InlineData(null, "flex")]
    public async Task Read_Tier_IsTheLastThatWasToldAndStandsOnTheUsage(string? last, string expected)
    {
        const string First = "data: {\"service_tier\":\"flex\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\n";
        var (lane, _) = await ReadAsync(First + First + Finish + (last is null ? "" : $"data: {last}\n\n"));
        Assert.Equal((expected, last is null ? null : expected), (lane.Tier.Word(), lane.Usage?.Tier.Word()));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task F_SameWire_EveryEventGetsTheSameEnd(string lineEnd)
    {
        var (_, output) = await ReadAsync((Text + Text + Finish).ReplaceLineEndings(lineEnd) + Done);
        Assert.Equal(Text + Text + Finish, output);
    }

    [Fact]
    public async Task F_AzuresEmptyFirstChunk_IsNoOutput()
    {
        const string Annotation = "data: {\"choices\":[],\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n";
        var (lane, output) = await ReadAsync(Annotation + Role);
        Assert.False(lane.HasOutput);
        Assert.Equal(Annotation + Role, output);
        (lane, _) = await ReadAsync(Annotation + Role + Text);
        Assert.True(lane.HasOutput);
    }

    [Fact]
    public async Task F_ErrorInsideAStream_EndsItWithoutAFinish()
    {
        var (lane, output) = await ReadAsync(Text + "data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\"}}\n\n");
        Assert.Equal(FailureKind.ServerError, lane.Failure?.Kind);
        Assert.False(lane.IsFinished);
        Assert.Equal(Text, output);
    }

    [Fact]
    public async Task F_CutStream_IsNotFinished()
    {
        var (lane, _) = await ReadAsync(Text);
        Assert.False(lane.IsFinished || lane.IsDone);
    }

    [Fact]
    public async Task F_DoneMissingAfterAFinish_IsFinishedAndGetsItsDone()
    {
        var (lane, _) = await ReadAsync(Text + Finish);
        Assert.True(lane.IsFinished);
        Assert.Equal(Done, Close(lane));
    }

    [Fact]
    public async Task F_DoneWithoutAnyOutput_IsNotFinished()
    {
        var (lane, _) = await ReadAsync(Role + Done);
        Assert.True(lane.IsDone);
        Assert.False(lane.IsFinished);
    }

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"cut\n\n")]
    [InlineData("data: \n\n")]
    [InlineData("data: []\n\n")]
    [InlineData("data: nonsense\n\n")]
    public async Task F_MalformedChunk_IsLeftOutAndCounted(string malformed)
    {
        var (lane, output) = await ReadAsync(Text + malformed + Finish + Done);
        Assert.Equal(Text + Finish, output);
        Assert.Equal(1, lane.Malformed);
        Assert.True(lane.IsFinished);
    }

    [Fact]
    public async Task Read_CommentsAndBareFields_AreNotPassedOn()
    {
        var (lane, output) = await ReadAsync(": PROCESSING\n\nid: 7\n\n" + Text);
        Assert.Equal(Text, output);
        Assert.Equal(0, lane.Malformed);
    }

    [Fact]
    public async Task Read_SeveralChoices_AreFinishedWhenAllAre()
    {
        const string Other = "data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        Assert.False((await ReadAsync(Text + Finish, choices: 2)).Lane.IsFinished);
        Assert.True((await ReadAsync(Text + Finish + Other, choices: 2)).Lane.IsFinished);
    }

    [Fact]
    public async Task Close_UsageNotAskedFor_IsTakenOutAndKnownAllTheSame()
    {
        var (lane, output) = await ReadAsync(Text + Finish + Usage + Done, includeUsage: false);
        Assert.Equal(Text + Finish, output);
        Assert.Equal(7, lane.Usage?.Total);
        Assert.Equal(Done, Close(lane));
    }

    [Fact]
    public async Task Close_UsageAskedFor_IsTheUpstreamsOwnChunkWithTheCost()
    {
        var (lane, output) = await ReadAsync(Text + Finish + Usage + Done, includeUsage: true);
        Assert.Equal(Text + Finish, output);
        Assert.Equal(Usage.Replace("}}\n\n", "},\"tollgate\":{\"cost_usd\":0.001234}}\n\n", StringComparison.Ordinal) + Done, Close(lane, microUsd: 1234));
    }

    [Fact]
    public async Task Close_UsageChunkInSeveralLines_IsOneSoundEvent()
    {
        var (lane, _) = await ReadAsync(Text + Finish + "data: {\"choices\":[],\ndata: \"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}\ndata: }\n\n", includeUsage: true);
        var lines = Close(lane).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Equal(3, (int?)JsonNode.Parse(lines[0]["data: ".Length..])!["usage"]!["prompt_tokens"]);
    }

    [Fact]
    public async Task Close_UsageAskedForButNotSent_IsWrittenByTheGateway()
    {
        var (lane, _) = await ReadAsync(Text + Finish + Done, includeUsage: true);
        var lines = Close(lane, microUsd: 1_000_000).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var chunk = JsonNode.Parse(lines[0]["data: ".Length..])!;
        Assert.Equal((11, 22, 33), ((int)chunk["usage"]!["prompt_tokens"]!, (int)chunk["usage"]!["completion_tokens"]!, (int)chunk["usage"]!["total_tokens"]!));
        Assert.Equal("asked", (string?)chunk["model"]);
        Assert.Empty(chunk["choices"]!.AsArray());
        Assert.Equal(1, (int)chunk["tollgate"]!["cost_usd"]!);
        Assert.Equal("data: [DONE]", lines[1]);
    }

    [Fact]
    public async Task Read_UsageBesideChoices_PassesAndIsKnown()
    {
        const string Both = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
        var (lane, output) = await ReadAsync(Both, includeUsage: false);
        Assert.Equal(Both, output);
        Assert.Equal(3, lane.Usage?.Total);
    }

    private static async Task<(PassThroughLane Lane, string Output)> ReadAsync(string stream, int choices = 1, bool includeUsage = false)
    {
        var lane = new PassThroughLane(Head, choices, includeUsage);
        var output = new ArrayBufferWriter<byte>();
        using var reader = new SseReader(new MemoryStream(Encoding.UTF8.GetBytes(stream)));
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
        return (lane, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static string Close(PassThroughLane lane, long microUsd = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        lane.Close(output, new TokenUsage { Prompt = 11, Completion = 22 }, microUsd);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
