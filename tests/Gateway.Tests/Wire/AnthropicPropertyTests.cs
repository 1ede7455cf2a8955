using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Tollgate.Dialects.OpenAi;
using Tollgate.Providers;
using Tollgate.Providers.Anthropic;
using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Wire;

public sealed class AnthropicPropertyTests
{
    private static readonly Gen<string> Text = OneOf("", " ", "\n\t", "Hello", "\"quoted\" \\ </script>", "世界 🙂", "a\u0000b\u2028");

    private static readonly Gen<JsonNode> Content = Gen.OneOf(
        Text.Select(text => (JsonNode)JsonValue.Create(text)!),
        Text.Array[0, 3].Select(texts => (JsonNode)new JsonArray([.. texts.Select(text => new JsonObject { ["type"] = "text", ["text"] = text })])));

    private static readonly Gen<JsonNode> Message = Gen.OneOf(
        Gen.Select(OneOf("system", "developer", "user", "assistant"), Content, (role, content) => (JsonNode)new JsonObject { ["role"] = role, ["content"] = content }),
        Gen.Select(OneOf("c1", "c.2", "功"), Content, (id, content) => (JsonNode)new JsonObject { ["role"] = "tool", ["tool_call_id"] = id, ["content"] = content }),
        Gen.Select(OneOf("c1", "c.2", "功"), OneOf("", "{}", "{\"a\":[1]}"), Content, (id, arguments, content) => (JsonNode)new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = content,
            ["tool_calls"] = new JsonArray(new JsonObject { ["id"] = id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["arguments"] = arguments } }),
            ["thinking_blocks"] = new JsonArray(new JsonObject { ["type"] = "thinking", ["thinking"] = "t", ["signature"] = "s" }),
        }));

    [Fact]
    public void WriteRequest_AnySequenceOfMessages_GivesSoundTurns() =>
        Message.Array[1, 8].Sample(messages =>
        {
            var body = Write(new JsonObject { ["messages"] = new JsonArray([.. messages.Select(message => message.DeepClone())]) });
            var turns = body["messages"]!.AsArray();
            Assert.Equal("user", (string?)turns[0]!["role"]);
            for (var i = 0; i < turns.Count; i++)
            {
                Assert.Equal(i % 2 == 0 ? "user" : "assistant", (string?)turns[i]!["role"]);
                CheckBlocks(turns[i]!["content"]!.AsArray());
            }
            if (body["system"] is { } system)
            {
                CheckBlocks(system.AsArray());
            }
        });

    [Fact]
    public void WriteRequest_AnySequenceOfMessages_LosesNoVisibleText() =>
        Message.Array[1, 8].Sample(messages =>
        {
            var body = Write(new JsonObject { ["messages"] = new JsonArray([.. messages.Select(message => message.DeepClone())]) });
            var sent = TextsOf(body).GroupBy(text => text.Trim()).ToDictionary(group => group.Key, group => group.Count());
            var asked = TextsOf(new JsonArray([.. messages.Select(message => message.DeepClone())]))
                .Concat(messages.Select(message => message["content"]).OfType<JsonValue>().Select(text => (string)text!))
                .Where(text => !string.IsNullOrWhiteSpace(text)).GroupBy(text => text.Trim());
            Assert.All(asked, group => Assert.Equal(group.Count(), sent.GetValueOrDefault(group.Key)));
        });

    [Fact]
    public async Task OpenStream_AnyEventsLostOrBroken_NeverThrowsAnythingElseAndNeverInventsAnEnd()
    {
        var original = Encoding.UTF8.GetString(Transcript.Bytes("B.4-parallel-tools", ".upstream.sse")).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var stop = Array.FindIndex(original, text => text.Contains("message_delta", StringComparison.Ordinal));
        await Gen.Select(Gen.Int[0, 2].Array[original.Length], Gen.Int[1, 60]).SampleAsync(async (fates, cut) =>
        {
            var kept = original.Zip(fates, (text, fate) => fate switch { 0 => text, 1 => text[..Math.Max(1, text.Length - cut)], _ => "" });
            var sink = await ReadAsync(string.Join("\n\n", kept.Where(text => text.Length > 0)) + "\n\n");
            Assert.Equal(fates[stop] == 0, sink.Finished);
        });
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static JsonObject Write(JsonObject request)
    {
        var body = new ArrayBufferWriter<byte>();
        new AnthropicWire(AnthropicPlatform.Direct).WriteRequest(
            OpenAiRequestReader.Read(Encoding.UTF8.GetBytes(request.ToJsonString())),
            AnthropicModels.Of("claude-haiku-4-5"),
            new Translation(strict: true, stream: false, tenant: "acme"),
            body);
        return JsonNode.Parse(body.WrittenSpan)!.AsObject();
    }

    private static void CheckBlocks(JsonArray blocks)
    {
        Assert.NotEmpty(blocks);
        var others = false;
        foreach (var block in blocks.OfType<JsonObject>())
        {
            var type = (string?)block["type"];
            Assert.False(type == "text" && string.IsNullOrWhiteSpace((string?)block["text"]));
            Assert.False(type == "tool_result" && others);
            others |= type != "tool_result";
        }
    }

    private static IEnumerable<string> TextsOf(JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } block when (string?)block["type"] == "text" => [(string)block["text"]!],
        JsonObject members => members.SelectMany(member => TextsOf(member.Value)),
        JsonArray items => items.SelectMany(TextsOf),
        _ => [],
    };

    private static async Task<StreamSink> ReadAsync(string stream)
    {
        using var reader = new SseReader(new MemoryStream(Encoding.UTF8.GetBytes(stream)));
        var translator = new AnthropicWire(AnthropicPlatform.Direct).OpenStream(new ReplyContext("anthropic/claude-test", "test"));
        var sink = new StreamSink();
        bool more;
        do
        {
            more = await reader.FillAsync(CancellationToken.None);
            while (reader.TryRead(out var read))
            {
                try
                {
                    translator.Read(read.Type, read.Data, sink);
                }
                catch (JsonException)
                {
                    // A malformed event is skipped; the next must be readable.
                }
            }
        }
        while (more);
        translator.End(sink);
        return sink;
    }
}
