using System.Text;
using OpenAI.Chat;

namespace Tollgate.EndToEnd.Tests.Clients.NuGet;

[Collection(SharedGateway.Name)]
public sealed class ToolTests(GatewayFixture gateway)
{
    private const string WeatherArguments = """{"city":"sample","days":1}""", TimeArguments = """{"zone":"UTC"}""";

    private static readonly ChatTool[] Tools =
    [
        ChatTool.CreateFunctionTool("get_weather", "The weather of a city", BinaryData.FromString(
            """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}""")),
        ChatTool.CreateFunctionTool("get_time", "The time of a zone", BinaryData.FromString(
            """{"type":"object","properties":{"zone":{"type":"string","enum":["UTC","CET"]}},"required":["zone"],"additionalProperties":false}""")),
    ];

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_ParallelCallsAndTheirResults_EndInAnAnswer(string wire)
    {
        var (sunny, noon) = (NuGetClient.Marker(), NuGetClient.Marker());
        var client = NuGetClient.Chat(gateway, $"{wire}.tools");
        var messages = new List<ChatMessage> { new UserChatMessage("How is the weather, and how late is it?") };

        ChatCompletion asked = await client.CompleteChatAsync(messages, Options());
        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        Assert.Equal([("get_weather", WeatherArguments), ("get_time", TimeArguments)], asked.ToolCalls.Select(call => (call.FunctionName, call.FunctionArguments.ToString())));
        Assert.Equal(2, asked.ToolCalls.Select(call => call.Id).Distinct().Count());

        messages.Add(new AssistantChatMessage(asked));
        messages.Add(new ToolChatMessage(asked.ToolCalls[0].Id, sunny));
        messages.Add(new ToolChatMessage(asked.ToolCalls[1].Id, noon));
        ChatCompletion answered = await client.CompleteChatAsync(messages, Options());

        Assert.Equal(ChatFinishReason.Stop, answered.FinishReason);
        Assert.StartsWith($"Hello from {Wire.Upstream(wire, "tools")}. ", answered.Content[0].Text);
        var upstream = await gateway.UpstreamAsync(sunny);
        Assert.True(upstream.BodyText.IndexOf(sunny, StringComparison.Ordinal) < upstream.BodyText.IndexOf(noon, StringComparison.Ordinal), "Both results go upstream, in order.");
    }

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChatStreaming_ParallelCalls_AccumulateByIndex(string wire)
    {
        var calls = new SortedDictionary<int, (string? Id, string? Name, StringBuilder Arguments)>();
        ChatFinishReason? finish = null;
        await foreach (var update in NuGetClient.Chat(gateway, $"{wire}.tools").CompleteChatStreamingAsync([new UserChatMessage("How late is it?")], Options()))
        {
            finish ??= update.FinishReason;
            foreach (var part in update.ToolCallUpdates)
            {
                var known = calls.TryGetValue(part.Index, out var call) ? call : (null, null, new StringBuilder());
                known.Arguments.Append(part.FunctionArgumentsUpdate);
                calls[part.Index] = (known.Id ?? part.ToolCallId, known.Name ?? part.FunctionName, known.Arguments);
            }
        }

        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        Assert.Equal([0, 1], calls.Keys);
        Assert.Equal([("get_weather", WeatherArguments), ("get_time", TimeArguments)], calls.Values.Select(call => (call.Name!, call.Arguments.ToString())));
        Assert.All(calls.Values, call => Assert.False(string.IsNullOrEmpty(call.Id)));
    }

    [Theory, MemberData(nameof(Wire.Names), MemberType = typeof(Wire))]
    public async Task CompleteChat_ToolForcedByName_CallsThatTool(string wire)
    {
        var options = Options();
        options.ToolChoice = ChatToolChoice.CreateFunctionChoice("get_time");

        ChatCompletion asked = await NuGetClient.Chat(gateway, $"{wire}.text").CompleteChatAsync([new UserChatMessage("How late is it?")], options);

        Assert.Equal("get_time", Assert.Single(asked.ToolCalls).FunctionName);
    }

    private static ChatCompletionOptions Options()
    {
        var options = new ChatCompletionOptions();
        foreach (var tool in Tools)
        {
            options.Tools.Add(tool);
        }
        return options;
    }
}
