using System.ClientModel;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

/// <summary>A program written for OpenAI, with another address and key.</summary>
[Collection(SharedGateway.Name)]
public sealed class FirstScriptTests(GatewayFixture gateway)
{
    [Fact]
    public async Task Script_ForOpenAi_StreamsFromGemini()
    {
        var marker = NuGetClient.Marker();
        var client = new OpenAIClient(new ApiKeyCredential(GatewayFixture.Key), new OpenAIClientOptions { Endpoint = new Uri(gateway.Address, "v1") });
        var chat = client.GetChatClient("gemini-3-pro-preview");
        var stream = chat.CompleteChatStreamingAsync(
            [new SystemChatMessage("You are a helpful assistant."), new UserChatMessage($"Explain {marker}.")],
            new ChatCompletionOptions { Temperature = 0.3f });

        var text = "";
        await foreach (var update in stream)
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.Equal(Wire.Answer("gemini-3-pro-preview", 7), text);
        var upstream = await gateway.UpstreamAsync(marker);
        Assert.Equal("/v1beta/models/gemini-3-pro-preview:streamGenerateContent", upstream.Path);
        var body = JsonNode.Parse(upstream.BodyText)!;
        Assert.Equal("You are a helpful assistant.", (string?)body["systemInstruction"]!["parts"]![0]!["text"]);
        Assert.Equal(0.3, (double?)body["generationConfig"]!["temperature"]);
    }
}
