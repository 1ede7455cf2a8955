using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tollgate.Catalogue;
using Tollgate.Gateway.Tests.Wire;
using Tollgate.Providers;
using Tollgate.Providers.Gemini;
using Tollgate.Providers.Vertex;

namespace Tollgate.Gateway.Tests.Providers.Vertex;

public sealed class VertexProviderTests
{
    private static readonly ModelProfile Gemini = GeminiModels.Of("gemini-2.5-flash");
    private static readonly ModelProfile Claude = new() { Model = "claude-sonnet-4-5@20250929", Family = "claude" };
    private static readonly RSA Key = RSA.Create(2048);

    private readonly GeminiWire gemini = new(GeminiPlatform.Vertex);
    private readonly GeminiWire standInForAnthropic = new(GeminiPlatform.Vertex);
    private readonly VertexProvider provider;

    public VertexProviderTests() => provider = new VertexProvider(gemini, standInForAnthropic);

    [Fact]
    public void AddressOf_Gemini_IsGooglesPublisher()
    {
        var address = provider.AddressOf(Settings("global"), Gemini);
        const string Model = "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/publishers/google/models/gemini-2.5-flash";
        Assert.Equal(Model + ":generateContent", address.Json.AbsoluteUri);
        Assert.Equal(Model + ":streamGenerateContent?alt=sse", address.Stream.AbsoluteUri);
        Assert.Same(gemini, provider.WireFor(Gemini));
    }

    [Fact]
    public void AddressOf_Claude_IsAnthropicsPublisher()
    {
        var address = provider.AddressOf(Settings("us-east5"), Claude);
        const string Model = "https://us-east5-aiplatform.googleapis.com/v1/projects/my-project/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929";
        Assert.Equal(Model + ":rawPredict", address.Json.AbsoluteUri);
        Assert.Equal(Model + ":streamRawPredict", address.Stream.AbsoluteUri);
        Assert.Same(standInForAnthropic, provider.WireFor(Claude));
    }

    [Theory]
    [InlineData("global", "https://aiplatform.googleapis.com/")]
    [InlineData("eu", "https://aiplatform.eu.rep.googleapis.com/")]
    [InlineData("europe-west4", "https://europe-west4-aiplatform.googleapis.com/")]
    public void DefaultEndpoint_Location_HasItsHost(string location, string expected) =>
        Assert.Equal(expected, VertexProvider.DefaultEndpoint(location).AbsoluteUri);

    [Theory]
    [InlineData(null, "global", "project")]
    [InlineData("p", null, "location")]
    public void AddressOf_SettingMissing_NamesIt(string? project, string? location, string expected)
    {
        var settings = Settings("global") with { Project = project, Location = location };
        var thrown = Assert.Throws<ArgumentException>(() => provider.AddressOf(settings, Gemini));
        Assert.Contains($"'{expected}'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthorizeAsync_ServiceAccount_FetchesOneTokenForManyCalls()
    {
        var asked = 0;
        string? form = null;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            Interlocked.Increment(ref asked);
            using var reader = new StreamReader(context.Request.Body);
            form = await reader.ReadToEndAsync();
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"access_token":"ya29.test","expires_in":3600,"token_type":"Bearer"}""");
        });
        var credential = ServiceAccount(server.Port);
        var headers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AuthorizedAsync(credential)));
        Assert.Equal(Enumerable.Repeat("Bearer ya29.test", 4), headers);
        Assert.Equal(1, asked);
        Assert.Contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer", form, StringComparison.Ordinal);
        var claims = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(form!.Split("assertion=")[1].Split('.')[1]));
        Assert.Equal("https://www.googleapis.com/auth/cloud-platform", JsonNode.Parse(claims)!["scope"]!.GetValue<string>());
    }

    [Fact]
    public async Task AuthorizeAsync_TokenRefused_NamesNoSecret_AndTheNextCallTriesAgain()
    {
        var healthy = false;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.StatusCode = healthy ? 200 : 400;
            await context.Response.WriteAsync(healthy
                ? """{"access_token":"ya29.later","expires_in":3600}"""
                : """{"error":"invalid_grant","error_description":"robot@my-project.iam: Invalid JWT"}""");
        });
        var credential = ServiceAccount(server.Port);
        var thrown = await Assert.ThrowsAsync<CredentialException>(() => AuthorizedAsync(credential));
        Assert.Contains("'vx'", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("robot", thrown.ToString(), StringComparison.Ordinal);
        healthy = true;
        Assert.Equal("Bearer ya29.later", await AuthorizedAsync(credential));
    }

    [Theory]
    [InlineData("top-secret-but-not-json")]
    [InlineData("{}")]
    [InlineData("""{"type":"service_account","private_key":"top-secret"}""")]
    [InlineData("""{"type":"external_account","credential_source":{"executable":{"command":"top-secret"}}}""")]
    public async Task AuthorizeAsync_UnusableCredential_IsRefusedWithoutQuotingIt(string credential)
    {
        var thrown = await Assert.ThrowsAsync<CredentialException>(() => AuthorizedAsync(credential));
        Assert.DoesNotContain("top-secret", thrown.ToString(), StringComparison.Ordinal);
    }

    private async Task<string?> AuthorizedAsync(string credential)
    {
        using var request = new HttpRequestMessage();
        await provider.AuthorizeAsync(request, Settings("global"), credential, CancellationToken.None);
        return request.Headers.Authorization?.ToString();
    }

    private static string ServiceAccount(int port) => new JsonObject
    {
        ["type"] = "service_account",
        ["project_id"] = "my-project",
        ["private_key_id"] = "1",
        ["private_key"] = Key.ExportPkcs8PrivateKeyPem(),
        ["client_email"] = "robot@my-project.iam.gserviceaccount.com",
        ["token_uri"] = $"http://127.0.0.1:{port}/token",
    }.ToJsonString();

    private static ProviderSettings Settings(string location) => new()
    {
        Name = "vx",
        Kind = "vertex",
        Endpoint = VertexProvider.DefaultEndpoint(location),
        Project = "my-project",
        Location = location,
    };
}
