using Tollgate.Catalogue;
using Tollgate.Providers;
using Tollgate.Providers.Anthropic;

namespace Tollgate.Gateway.Tests.Providers.Anthropic;

public sealed class AnthropicProviderTests
{
    private static readonly ModelProfile Model = new() { Model = "claude-haiku-4-5" };

    private readonly AnthropicProvider provider = new();

    [Theory]
    [InlineData("https://api.anthropic.com", "https://api.anthropic.com/v1/messages")]
    [InlineData("https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages")]
    [InlineData("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages")]
    [InlineData("https://x.services.ai.azure.com/anthropic", "https://x.services.ai.azure.com/anthropic/v1/messages")]
    public void AddressOf_Endpoint_EndsInMessages(string endpoint, string expected)
    {
        var address = provider.AddressOf(Settings(endpoint), Model);
        Assert.Equal(expected, address.Json.AbsoluteUri);
        Assert.Equal(expected, address.Stream.AbsoluteUri);
    }

    [Fact]
    public async Task AuthorizeAsync_Key_GoesIntoTheHeaders()
    {
        using var request = new HttpRequestMessage();
        await provider.AuthorizeAsync(request, Settings("https://api.anthropic.com"), "sk-ant-1\n", CancellationToken.None);
        Assert.Equal("sk-ant-1", Assert.Single(request.Headers.GetValues("x-api-key")));
        Assert.Equal("2023-06-01", Assert.Single(request.Headers.GetValues("anthropic-version")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("sk-ant\n-secret")]
    [InlineData("sk-ant-sécret")]
    public async Task AuthorizeAsync_NoUsableKey_NamesTheProviderAndNotTheKey(string? key)
    {
        using var request = new HttpRequestMessage();
        var failed = await Assert.ThrowsAsync<CredentialException>(async () =>
            await provider.AuthorizeAsync(request, Settings("https://api.anthropic.com"), key, CancellationToken.None));
        Assert.Contains("'main'", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-ant", failed.ToString(), StringComparison.Ordinal);
    }

    private static ProviderSettings Settings(string endpoint) => new() { Name = "main", Kind = "anthropic", Endpoint = new Uri(endpoint) };
}
