using System.Buffers;
using System.Text.Json.Nodes;
using CsCheck;
using Tollgate.Conversation;
using Tollgate.Providers;
using Tollgate.Providers.Gemini;

namespace Tollgate.Gateway.Tests.Wire;

public sealed class GeminiConversationProperties
{
    private static readonly Gen<string> Text = Among("", "a", "\"\\\n", "你好 ☃ 😀", "{\"k\":1}", "[]", "</script>");

    private static readonly Gen<MessageContent> Content = Gen.OneOf(
        Text.Select(text => new MessageContent(text)),
        Text.List[0, 3].Select(texts => new MessageContent(texts.ConvertAll(text => new ContentPart { Type = "text", Text = text }))));

    private static readonly Gen<List<ChatMessage>> Plain =
        Gen.Select(Among("system", "developer", "user", "assistant"), Content, (role, content) => new List<ChatMessage> { new() { Role = role, Content = content } });

    /// <summary>An assistant message with calls and its results, in any order.</summary>
    private static readonly Gen<List<ChatMessage>> Step =
        Gen.Select(Gen.Int[1, 4], Content, Text, Gen.Int[0, 1000], (calls, content, result, turn) =>
        {
            var ids = Enumerable.Range(0, calls).Select(i => $"call_{i}").ToList();
            var asked = new ChatMessage
            {
                Role = "assistant",
                Content = content,
                ToolCalls = ids.ConvertAll(id => new ToolCall { Id = id, Type = "function", Function = new FunctionCall { Name = "f" + id, Arguments = "{\"x\":[1]}" } }),
            };
            var answers = ids.OrderBy(id => (id.GetHashCode(StringComparison.Ordinal) ^ turn) & 7)
                .Select(id => new ChatMessage { Role = "tool", ToolCallId = id, Content = new MessageContent(result) });
            return new List<ChatMessage>([asked, .. answers]);
        });

    private static readonly Gen<List<ChatMessage>> Conversation =
        Gen.OneOf(Plain, Step).List[0, 8].Select(pieces => pieces.SelectMany(piece => piece).Append(new ChatMessage { Role = "user", Content = new MessageContent("end") }).ToList());

    [Fact]
    public void WriteRequest_AnyConversation_AlternatesAndAnswersEveryCall() => Conversation.Sample(messages =>
    {
        var contents = Written(messages)["contents"]!.AsArray();
        Assert.NotEmpty(contents);
        for (var i = 0; i < contents.Count; i++)
        {
            Assert.NotEmpty(contents[i]!["parts"]!.AsArray());
            if (i > 0)
            {
                Assert.NotEqual(contents[i - 1]!["role"]!.GetValue<string>(), contents[i]!["role"]!.GetValue<string>());
                Assert.Equal(Names(contents[i - 1]!, "functionCall").TakeLast(Names(contents[i]!, "functionResponse").Count), Names(contents[i]!, "functionResponse"));
            }
        }
        Assert.Equal(contents.Sum(content => Names(content!, "functionCall").Count), contents.Sum(content => Names(content!, "functionResponse").Count));
    });

    [Fact]
    public void WriteRequest_AnyConversation_LosesNoText() => Conversation.Sample(messages =>
    {
        var written = Written(messages);
        var said = messages.Where(message => message.Role != "tool").SelectMany(message => message.Content!.Text is { } text ? [text] : message.Content.Parts!.Select(part => part.Text!));
        var parts = written["contents"]!.AsArray().Append(written["systemInstruction"]).Where(content => content is not null)
            .SelectMany(content => content!["parts"]!.AsArray()).Select(part => part!["text"]?.GetValue<string>()).OfType<string>();
        Assert.Equal(said.Where(text => text.Length > 0).Order(StringComparer.Ordinal), parts.Order(StringComparer.Ordinal));
    });

    private static Gen<string> Among(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static List<string> Names(JsonNode content, string kind) =>
        content["parts"]!.AsArray().Select(part => part![kind]?["name"]?.GetValue<string>()).OfType<string>().ToList();

    private static JsonNode Written(List<ChatMessage> messages)
    {
        var body = new ArrayBufferWriter<byte>();
        var translation = new Translation(strict: true, stream: false, "acme");
        new GeminiWire(GeminiPlatform.GeminiApi).WriteRequest(new ChatRequest { Messages = messages }, GeminiModels.Of("gemini-3-pro-preview"), translation, body);
        return JsonNode.Parse(body.WrittenSpan)!;
    }
}
