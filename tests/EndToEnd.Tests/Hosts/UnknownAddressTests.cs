using System.Net;
using System.Text.Json;

namespace Tollgate.EndToEnd.Tests.Hosts;

[Collection(SharedGateway.Name)]
public sealed class UnknownAddressTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData("GET", "/", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("POST", "/v1/responses", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("POST", "/v1/chat/completions/more", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("GET", "/v1/chat/completions", HttpStatusCode.MethodNotAllowed, "method_not_allowed", "POST")]
    [InlineData("DELETE", "/v1/models/gpt-4o", HttpStatusCode.MethodNotAllowed, "method_not_allowed", "GET")]
    [InlineData("PUT", "/openai/deployments/gpt-4o/chat/completions", HttpStatusCode.MethodNotAllowed, "method_not_allowed", "POST")]
    public async Task Request_ThatNoEndpointTakes_GetsOpenAisErrorForm(string method, string path, HttpStatusCode status, string code, string? allowed = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(gateway.Address, path));
        using var response = await http.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(allowed, response.Content.Headers.Allow.SingleOrDefault());
        Assert.NotEmpty(response.Headers.GetValues("x-request-id"));
        using var body = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        Assert.Equal(code, body.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains(path, body.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
