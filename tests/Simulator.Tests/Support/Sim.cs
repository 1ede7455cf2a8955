using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests;

/// <summary>A running simulator with a client that holds the right credentials for every wire.</summary>
internal sealed class Sim : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public const string OpenAi = "/v1/chat/completions";
    public const string Anthropic = "/v1/messages";
    public const string VertexGoogle = "/v1/projects/p/locations/l/publishers/google/models/";
    public const string VertexAnthropic = "/v1/projects/p/locations/l/publishers/anthropic/models/";

    private Sim(SimulatorServer server)
    {
        Server = server;
        Client = new HttpClient { BaseAddress = server.BaseAddress, Timeout = Timeout };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-test");
        Client.DefaultRequestHeaders.Add("x-goog-api-key", "test");
        Client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
    }

    public SimulatorServer Server { get; }

    public HttpClient Client { get; }

    public static async Task<Sim> StartAsync(TimeProvider? time = null) => new(await SimulatorServer.StartAsync(
        new SimulatorOptions { TimeProvider = time ?? TimeProvider.System }, CancellationToken.None));

    public static string Gemini(string model, bool stream = false) =>
        $"/v1beta/models/{model}:{(stream ? "streamGenerateContent?alt=sse" : "generateContent")}";

    /// <summary>Posts and returns when the headers are there.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, JsonNode body, Action<HttpRequestMessage>? change = null, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        change?.Invoke(request);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    /// <summary>Posts and parses the whole reply.</summary>
    public async Task<(int Status, JsonNode Body)> PostAsync(string path, JsonNode body, Action<HttpRequestMessage>? change = null)
    {
        using var response = await SendAsync(path, body, change);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>Posts and reads the whole stream.</summary>
    public async Task<IReadOnlyList<SseItem>> StreamAsync(string path, JsonNode body, Action<HttpRequestMessage>? change = null)
    {
        using var response = await SendAsync(path, body, change);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return Sse.Parse(await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
