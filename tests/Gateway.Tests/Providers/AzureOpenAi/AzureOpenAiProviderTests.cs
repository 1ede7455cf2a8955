using Azure.Core;
using Azure.Identity;
using Tollgate.Providers;
using Tollgate.Providers.AzureOpenAi;

namespace Tollgate.Gateway.Tests.Providers.AzureOpenAi;

public sealed class AzureOpenAiProviderTests
{
    [Theory]
    [InlineData("https://x.openai.azure.com", null, "gpt-4o", "https://x.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://x.openai.azure.com/", null, "gpt-4o", "https://x.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://x.openai.azure.com", "2024-10-21", "gpt-4o", "https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21")]
    [InlineData("https://x.openai.azure.com", "2025-04-01-preview", "my model/2", "https://x.openai.azure.com/openai/deployments/my%20model%2F2/chat/completions?api-version=2025-04-01-preview")]
    public void AddressOf_ApiVersion_ChoosesThePath(string endpoint, string? version, string model, string expected)
    {
        var address = new AzureOpenAiProvider(new Lazy<TokenCredential>()).AddressOf(Settings(endpoint) with { ApiVersion = version }, Some.Profile() with { Model = model });
        Assert.Equal((expected, expected), (address.Json.AbsoluteUri, address.Stream.AbsoluteUri));
    }

    [Fact]
    public async Task AuthorizeAsync_Key_GoesIntoApiKeyAndNoTokenIsAskedFor()
    {
        using var request = new HttpRequestMessage();
        var identity = new FakeIdentity(() => throw new AuthenticationFailedException("asked"));
        await new AzureOpenAiProvider(new Lazy<TokenCredential>(identity)).AuthorizeAsync(request, Settings("https://x.openai.azure.com"), "key-1", CancellationToken.None);
        Assert.Equal("key-1", Assert.Single(request.Headers.GetValues("api-key")));
        Assert.Null(request.Headers.Authorization);
    }

    [Fact]
    public async Task AuthorizeAsync_NoKey_SendsATokenOfTheHostsIdentity()
    {
        using var request = new HttpRequestMessage();
        var identity = new FakeIdentity(() => "token-1");
        await new AzureOpenAiProvider(new Lazy<TokenCredential>(identity)).AuthorizeAsync(request, Settings("https://x.openai.azure.com"), credential: null, CancellationToken.None);
        Assert.Equal("Bearer token-1", request.Headers.Authorization?.ToString());
        Assert.Equal(["https://cognitiveservices.azure.com/.default"], identity.Scopes);
        Assert.False(request.Headers.Contains("api-key"));
    }

    [Fact]
    public async Task AuthorizeAsync_NoToken_NamesTheProviderAndNothingOfTheReason()
    {
        using var request = new HttpRequestMessage();
        var identity = new FakeIdentity(() => throw new AuthenticationFailedException("tenant 1234 at login.example"));
        var failed = await Assert.ThrowsAsync<CredentialException>(async () =>
            await new AzureOpenAiProvider(new Lazy<TokenCredential>(identity)).AuthorizeAsync(request, Settings("https://x.openai.azure.com"), credential: null, CancellationToken.None));
        Assert.Contains("'main'", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("1234", failed.ToString(), StringComparison.Ordinal);
    }

    private static ProviderSettings Settings(string endpoint) => new() { Name = "main", Kind = "azure-openai", Endpoint = new Uri(endpoint) };

    private sealed class FakeIdentity(Func<string> token) : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return new AccessToken(token(), DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
