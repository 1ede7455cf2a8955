using System.ClientModel;
using System.Text.Json.Nodes;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

[Collection(SharedGateway.Name)]
public sealed class ErrorTests(GatewayFixture gateway)
{
    /// <summary>What happens upstream, and the status that the caller sees of it.</summary>
    private static readonly (string Scenario, int Status)[] Outcomes = [("400", 400), ("401", 502), ("404", 404), ("429", 429), ("500", 502), ("503", 503)];

    public static TheoryData<string, string, int> Failures
    {
        get
        {
            var rows = new TheoryData<string, string, int>();
            foreach (var (scenario, status) in Outcomes)
            {
                foreach (var wire in Wire.ByScenario.Keys)
                {
                    rows.Add(wire, scenario, status);
                }
            }
            return rows;
        }
    }

    [Fact]
    public async Task CompleteChat_UnknownKey_Is401()
    {
        var error = await FailAsync("openai.text", "tg-nobodys-key");

        Assert.Equal((401, "invalid_api_key"), (error.Status, Code(error)));
    }

    [Fact]
    public async Task CompleteChat_UnknownModel_Is404()
    {
        var error = await FailAsync("no-such-model");

        Assert.Equal((404, "model_not_found"), (error.Status, Code(error)));
    }

    [Fact]
    public async Task CompleteChat_BudgetUsedUp_Is429WithTheTimeToWait()
    {
        var error = await FailAsync("openai.text", GatewayFixture.ExhaustedKey);

        Assert.Equal(429, error.Status);
        Assert.InRange(RetryAfter(error), 1, 24 * 60 * 60);
    }

    [Theory, MemberData(nameof(Failures))]
    public async Task CompleteChat_UpstreamFails_IsTheCallersKindOfError(string wire, string scenario, int status)
    {
        var whole = await FailAsync($"{wire}.{scenario}");
        var streamed = await Assert.ThrowsAsync<ClientResultException>(async () =>
            await NuGetClient.Chat(gateway, $"{wire}.{scenario}").CompleteChatStreamingAsync([new UserChatMessage("Hello")]).ToListAsync());

        Assert.Equal((status, status), (whole.Status, streamed.Status));
        if (status == 429)
        {
            Assert.Equal((7, 7), (RetryAfter(whole), RetryAfter(streamed)));
        }
    }

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChatStreaming_UpstreamFailsMidway_NeverLooksFinished(string wire)
    {
        var updates = new List<StreamingChatCompletionUpdate>();
        try
        {
            await foreach (var update in NuGetClient.Chat(gateway, $"{wire}.error").CompleteChatStreamingAsync([new UserChatMessage("Hello")]))
            {
                updates.Add(update);
            }
        }
        catch (ClientResultException)
        {
            // As good: the client may or may not know error events.
        }

        // Chunks that came in one piece with the failure were never shown.
        Assert.StartsWith(string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)), "Hello from ");
        Assert.All(updates, update => Assert.Null(update.FinishReason));
    }

    private Task<ClientResultException> FailAsync(string model, string key = GatewayFixture.Key) =>
        Assert.ThrowsAsync<ClientResultException>(() => NuGetClient.Chat(gateway, model, key).CompleteChatAsync(new UserChatMessage("Hello")));

    private static string? Code(ClientResultException error) =>
        (string?)JsonNode.Parse(error.GetRawResponse()!.Content)!["error"]!["code"];

    private static int RetryAfter(ClientResultException error) =>
        error.GetRawResponse()!.Headers.TryGetValue("Retry-After", out var seconds) ? int.Parse(seconds!, System.Globalization.CultureInfo.InvariantCulture) : -1;
}
