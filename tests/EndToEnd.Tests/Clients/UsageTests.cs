using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using OpenAI.Chat;
using Tollgate.EndToEnd.Tests.Clients.NuGet;

namespace Tollgate.EndToEnd.Tests.Clients;

[Collection(SharedGateway.Name)]
public sealed class UsageTests(GatewayFixture gateway)
{
    /// <summary>The Simulator's own numbers of one call of the scenario <c>metered</c>.</summary>
    private const int Prompt = 6, Cached = 2, Completion = 29, Reasoning = 14;

    private static readonly ChatMessage[] Conversation = [new SystemChatMessage("You are brief."), new UserChatMessage("Greet me, please.")];

    [Fact]
    public async Task Usage_AfterCallsOverAllWires_IsTheKeysOwnAndTheProvidersNumbers()
    {
        string[] wires = [.. Wire.ByScenario.Keys];
        foreach (var wire in wires)
        {
            var client = NuGetClient.Chat(gateway, $"{wire}.metered", GatewayFixture.AliceKey);
            ChatCompletion whole = await client.CompleteChatAsync(Conversation);
            Assert.Equal((Prompt, Completion), (whole.Usage.InputTokenCount, whole.Usage.OutputTokenCount));
            Assert.NotEmpty(await client.CompleteChatStreamingAsync(Conversation).ToListAsync());
        }
        ChatCompletion bobs = await NuGetClient.Chat(gateway, "openai.metered", GatewayFixture.BobKey).CompleteChatAsync(Conversation);

        var alice = await UsageAsync(GatewayFixture.AliceKey);
        Assert.Equal(("metered", "alice"), ((string?)alice["tenant"], (string?)alice["key"]));
        Assert.Equal((2 * wires.Length, 2 * wires.Length * Prompt), ((int?)alice["requests"], (int?)alice["prompt_tokens"]));
        var models = alice["models"]!.AsArray().ToDictionary(model => (string)model!["model"]!, model => model!);
        Assert.Equal(wires.Length, models.Count);
        foreach (var wire in wires)
        {
            var model = models[$"{wire}.metered"];
            var reasoning = Wire.IsClaude(wire) ? 0 : Reasoning;
            Assert.Equal(
                (wire, 2, 2 * Prompt, 2 * Cached, 2 * Completion, 2 * reasoning),
                (wire, (int)model["requests"]!, (int)model["prompt_tokens"]!, (int)model["cached_tokens"]!, (int)model["completion_tokens"]!, (int)model["reasoning_tokens"]!));
            Assert.True((long)model["cost_micro_usd"]! > 0, $"{wire} has a price");
        }
        Assert.Equal(models.Values.Sum(model => (long)model["cost_micro_usd"]!), (long)alice["cost_micro_usd"]!);

        var bob = await UsageAsync(GatewayFixture.BobKey);
        Assert.Equal((1, bobs.Usage.InputTokenCount, bobs.Usage.OutputTokenCount), ((int)bob["requests"]!, (int)bob["prompt_tokens"]!, (int)bob["completion_tokens"]!));
    }

    private async Task<JsonNode> UsageAsync(string key)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address, Timeout = GatewayFixture.Timeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return JsonNode.Parse(await http.GetStringAsync(new Uri("v1/usage", UriKind.Relative)))!;
    }
}
