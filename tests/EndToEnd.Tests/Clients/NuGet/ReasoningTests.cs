using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

[Collection(SharedGateway.Name)]
public sealed class ReasoningTests(GatewayFixture gateway)
{
    private const string Thoughts = "The user wants a short answer. I will greet, name the model and count.";
    private const int ThoughtWords = 14;

    [Theory]
    [InlineData("openai", "reasoning_effort", "low")]
    [InlineData("azure", "reasoning_effort", "low")]
    [InlineData("azure-deployment", "reasoning_effort", "low")]
    [InlineData("anthropic", "output_config.effort", "low")]
    [InlineData("gemini", "generationConfig.thinkingConfig.thinkingLevel", "low")]
    [InlineData("vertex-gemini", "generationConfig.thinkingConfig.thinkingBudget", "1024")]
    [InlineData("vertex-claude", "thinking.budget_tokens", "1024")]
    public async Task CompleteChat_EffortLow_IsSaidInTheWiresWordsAndThoughtsComeBack(string wire, string path, string expected)
    {
        var marker = NuGetClient.Marker();
        var options = new ChatCompletionOptions { ReasoningEffortLevel = ChatReasoningEffortLevel.Low };

        var result = await NuGetClient.Chat(gateway, $"{wire}.think").CompleteChatAsync([new UserChatMessage(marker)], options);

        var upstream = JsonNode.Parse((await gateway.UpstreamAsync(marker)).BodyText);
        Assert.Equal(expected, path.Split('.').Aggregate(upstream, (node, name) => node?[name])?.ToString());
        // The client has no name of its own for what is not OpenAI's.
        var message = JsonNode.Parse(result.GetRawResponse().Content)!["choices"]![0]!["message"]!;
        Assert.Equal(Thoughts, (string?)message["reasoning_content"]);
        Assert.StartsWith("Hello from", result.Value.Content[0].Text);
        if (!Wire.IsClaude(wire))
        {
            Assert.Equal(ThoughtWords, result.Value.Usage.OutputTokenDetails.ReasoningTokenCount);
        }
    }
}
