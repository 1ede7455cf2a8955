using Tollgate.Gateway.Tests.Wire;
using Tollgate.Providers;
using Tollgate.Providers.Gemini;

namespace Tollgate.Gateway.Tests.Providers.Gemini;

public sealed class GeminiProviderTests
{
    private static readonly GeminiWire Wire = new(GeminiPlatform.GeminiApi);
    private static readonly GeminiProvider Provider = new(Wire);

    [Theory]
    [InlineData("https://generativelanguage.googleapis.com", "gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash")]
    [InlineData("https://generativelanguage.googleapis.com/v1beta", "models/gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash")]
    [InlineData("http://127.0.0.1:8080/", "gemini-2.5-flash", "http://127.0.0.1:8080/v1beta/models/gemini-2.5-flash")]
    [InlineData("https://example.com/proxy", "gemini-../x?y", "https://example.com/proxy/v1beta/models/gemini-..%2Fx%3Fy")]
    public void AddressOf_Endpoint_NamesTheModel(string endpoint, string model, string expected)
    {
        var address = Provider.AddressOf(Settings(endpoint), GeminiModels.Of("gemini-2.5-flash") with { Model = model });
        Assert.Equal(expected + ":generateContent", address.Json.AbsoluteUri);
        Assert.Equal(expected + ":streamGenerateContent?alt=sse", address.Stream.AbsoluteUri);
    }

    [Fact]
    public async Task AuthorizeAsync_Key_GoesIntoItsHeader()
    {
        using var request = new HttpRequestMessage();
        await Provider.AuthorizeAsync(request, Settings("https://example.com"), " key-1\n", CancellationToken.None);
        Assert.Equal(["key-1"], request.Headers.GetValues("x-goog-api-key"));
        Assert.Null(request.Headers.Authorization);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("two\nlines")]
    public async Task AuthorizeAsync_NoUsableKey_NamesTheProviderOnly(string? key)
    {
        using var request = new HttpRequestMessage();
        var thrown = await Assert.ThrowsAsync<CredentialException>(async () =>
            await Provider.AuthorizeAsync(request, Settings("https://example.com"), key, CancellationToken.None));
        Assert.Contains("'google'", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("two", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WireFor_AnyModel_IsGeminis()
    {
        Assert.Equal("gemini", Provider.Kind);
        Assert.Same(Wire, Provider.WireFor(GeminiModels.Of("gemini-2.5-flash")));
    }

    private static ProviderSettings Settings(string endpoint) => new() { Name = "google", Kind = "gemini", Endpoint = new Uri(endpoint) };
}
