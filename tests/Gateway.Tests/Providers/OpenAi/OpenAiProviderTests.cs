using Tollgate.Providers;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Providers.OpenAi;

public sealed class OpenAiProviderTests
{
    private readonly OpenAiProvider provider = new();

    [Theory]
    [InlineData("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions")]
    [InlineData("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1/chat/completions")]
    [InlineData("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions")]
    public void AddressOf_Endpoint_EndsInChatCompletions(string endpoint, string expected)
    {
        var address = provider.AddressOf(Settings(endpoint), Some.Profile());
        Assert.Equal((expected, expected), (address.Json.AbsoluteUri, address.Stream.AbsoluteUri));
        Assert.Null(provider.WireFor(Some.Profile()));
    }

    [Theory]
    [InlineData("sk-1", "Bearer sk-1")]
    [InlineData(null, null)]
    public async Task AuthorizeAsync_Key_IsABearer_AndNoneSendsNothing(string? key, string? header)
    {
        using var request = new HttpRequestMessage();
        await provider.AuthorizeAsync(request, Settings("https://api.openai.com/v1"), key, CancellationToken.None);
        Assert.Equal(header, request.Headers.Authorization?.ToString());
    }

    private static ProviderSettings Settings(string endpoint) => new() { Name = "main", Kind = "openai", Endpoint = new Uri(endpoint) };
}
