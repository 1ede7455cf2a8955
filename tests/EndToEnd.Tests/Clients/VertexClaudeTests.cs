using OpenAI.Chat;
using Tollgate.EndToEnd.Tests.Clients.NuGet;

namespace Tollgate.EndToEnd.Tests.Clients;

/// <summary>On Vertex, Claude models carry their version behind an @, and new ones appear before a catalogue lists them.</summary>
[Collection(SharedGateway.Name)]
public sealed class VertexClaudeTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData("vertex-claude.text", "claude-sonnet-4-5@sim")]
    [InlineData("vertex-claude.unlisted", "claude-unlisted-9@sim")]
    public async Task CompleteChat_VersionedOrUnlistedClaude_GoesToAnthropicsPublisher(string model, string upstreamModel)
    {
        var marker = NuGetClient.Marker();

        ChatCompletion completion = await NuGetClient.Chat(gateway, model).CompleteChatAsync(new UserChatMessage(marker));

        Assert.StartsWith($"Hello from {upstreamModel}. ", completion.Content[0].Text);
        var upstream = await gateway.UpstreamAsync(marker);
        Assert.Equal($"/v1/projects/tests/locations/us-east5/publishers/anthropic/models/{upstreamModel}:rawPredict", upstream.Path);
    }
}
