using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

[Collection(SharedGateway.Name)]
public sealed class SamplingTests(GatewayFixture gateway)
{
    [Theory, InlineData("openai"), InlineData("azure"), InlineData("azure-deployment")]
    public async Task CompleteChat_SeedAndLogProbabilities_PassThrough(string wire)
    {
        var marker = NuGetClient.Marker();
        var options = new ChatCompletionOptions { Seed = 7, Temperature = 0.3f, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };

        ChatCompletion completion = await NuGetClient.Chat(gateway, $"{wire}.text").CompleteChatAsync([new UserChatMessage(marker)], options);

        Assert.Equal(15, completion.ContentTokenLogProbabilities.Count);
        Assert.All(completion.ContentTokenLogProbabilities, token => Assert.Equal(2, token.TopLogProbabilities.Count));
        var upstream = JsonNode.Parse((await gateway.UpstreamAsync(marker)).BodyText)!;
        Assert.Equal(7, (int?)upstream["seed"]);
        Assert.Equal(0.3, (double?)upstream["temperature"]);
    }

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_MaxTokens_CutsTheAnswer(string wire)
    {
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 3 };

        ChatCompletion completion = await NuGetClient.Chat(gateway, $"{wire}.text").CompleteChatAsync([new UserChatMessage("Hello")], options);

        Assert.Equal($"Hello from {Wire.Upstream(wire, "text")}. ", completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Length, completion.FinishReason);
    }
}
