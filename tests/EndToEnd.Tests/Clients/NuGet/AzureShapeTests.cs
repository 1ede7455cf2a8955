using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

/// <summary>The key in Azure's header, and Azure's addresses.</summary>
[Collection(SharedGateway.Name)]
public sealed class AzureShapeTests(GatewayFixture gateway)
{
    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_ApiKeyHeaderAtTheV1Path_Answers(string wire)
    {
        ChatCompletion completion = await Client($"{wire}.text", "openai/v1/", GatewayFixture.Key).CompleteChatAsync(new UserChatMessage("Hello there"));

        Assert.Equal(Wire.Answer(Wire.Upstream(wire, "text"), 2), completion.Content[0].Text);
    }

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_DeploymentPath_ItsModelWins(string wire)
    {
        ChatCompletion completion = await Client("ignored", $"openai/deployments/{wire}.text", GatewayFixture.Key).CompleteChatAsync(new UserChatMessage("Hello there"));

        Assert.Equal(Wire.Answer(Wire.Upstream(wire, "text"), 2), completion.Content[0].Text);
    }

    [Fact]
    public async Task CompleteChat_ApiKeyHeaderOfNobody_Is401()
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client("openai.text", "openai/v1/", "tg-nobodys-key").CompleteChatAsync(new UserChatMessage("Hello")));

        Assert.Equal(401, error.Status);
    }

    private ChatClient Client(string model, string path, string key) => new(
        model,
        ApiKeyAuthenticationPolicy.CreateHeaderApiKeyPolicy(new ApiKeyCredential(key), "api-key"),
        NuGetClient.Options(new Uri(gateway.Address, path)));
}
