using System.ClientModel;
using OpenAI.Models;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

[Collection(SharedGateway.Name)]
public sealed class ModelListTests(GatewayFixture gateway)
{
    [Fact]
    public async Task GetModels_TenantOfAllModels_ListsThem()
    {
        OpenAIModelCollection models = await Client(GatewayFixture.Key).GetModelsAsync();

        Assert.Equal(Wire.Models.Select(model => model.Name).Order(), models.Select(model => model.Id).Order());
    }

    [Fact]
    public async Task GetModels_TenantOfOneModel_ListsThatOne()
    {
        OpenAIModelCollection models = await Client(GatewayFixture.NarrowKey).GetModelsAsync();

        Assert.Equal("openai.text", Assert.Single(models).Id);
    }

    [Fact]
    public async Task GetModel_Known_TellsItsFamily()
    {
        OpenAIModel model = await Client(GatewayFixture.Key).GetModelAsync("vertex-claude.text");

        Assert.Equal(("vertex-claude.text", "claude"), (model.Id, model.OwnedBy));
    }

    [Theory, InlineData(GatewayFixture.Key, "no-such-model"), InlineData(GatewayFixture.NarrowKey, "anthropic.text")]
    public async Task GetModel_UnknownOrNotTheTenants_Is404(string key, string model)
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client(key).GetModelAsync(model));

        Assert.Equal(404, error.Status);
    }

    private OpenAIModelClient Client(string key) => new(new ApiKeyCredential(key), NuGetClient.Options(new Uri(gateway.Address, "v1")));
}
