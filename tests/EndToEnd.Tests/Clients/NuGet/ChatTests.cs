using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

[Collection(SharedGateway.Name)]
public sealed class ChatTests(GatewayFixture gateway)
{
    private const int PromptWords = 6, AnswerWords = 15;

    private static readonly ChatMessage[] Conversation = [new SystemChatMessage("You are brief."), new UserChatMessage("Greet me, please.")];

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_SystemAndUser_AnswersWithUsage(string wire)
    {
        ChatCompletion completion = await NuGetClient.Chat(gateway, $"{wire}.text").CompleteChatAsync(Conversation);

        Assert.Equal(Wire.Answer(Wire.Upstream(wire, "text"), PromptWords), completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal((PromptWords, AnswerWords), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount));
        Assert.NotEmpty(completion.Id);
    }

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChatStreaming_SystemAndUser_SaysTheSameInPieces(string wire)
    {
        var updates = await NuGetClient.Chat(gateway, $"{wire}.text").CompleteChatStreamingAsync(Conversation).ToListAsync();

        var pieces = updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text).Where(text => text.Length > 0).ToList();
        Assert.Equal(Wire.Answer(Wire.Upstream(wire, "text"), PromptWords), string.Concat(pieces));
        Assert.Equal(AnswerWords, pieces.Count);
        Assert.Equal(ChatMessageRole.Assistant, updates.First(update => update.Role is not null).Role);
        Assert.Equal([ChatFinishReason.Stop], updates.Select(update => update.FinishReason).OfType<ChatFinishReason>());
        // This client always asks for usage.
        var usage = Assert.Single(updates, update => update.Usage is not null).Usage;
        Assert.Equal((PromptWords, AnswerWords), (usage.InputTokenCount, usage.OutputTokenCount));
    }

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChatStreaming_UpstreamStandsStill_ItsFirstChunksAreThereAndLeavingEndsIt(string wire)
    {
        var marker = NuGetClient.Marker();
        using var timeout = new CancellationTokenSource(GatewayFixture.Timeout);
        var text = "";
        await foreach (var update in NuGetClient.Chat(gateway, $"{wire}.stall").CompleteChatStreamingAsync([new UserChatMessage(marker)], cancellationToken: timeout.Token))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            if (text == "Hello from ")
            {
                break;
            }
        }

        var upstream = await gateway.UpstreamAsync(marker);
        await upstream.WhenAborted.WaitAsync(timeout.Token);
        Assert.Equal("Hello from ", text);
    }
}
