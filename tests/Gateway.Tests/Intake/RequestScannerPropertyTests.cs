using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Tollgate.Intake;
using Tollgate.Providers.OpenAi;

namespace Tollgate.Gateway.Tests.Intake;

/// <summary>Random valid requests, written with random order, white space and escapes.</summary>
public sealed class RequestScannerPropertyTests
{
    private static readonly JsonDocumentOptions Unique = new() { AllowDuplicateProperties = false };

    private static readonly Gen<string> Space = OneOf("", "", "", " ", "\n", "\t ", "\r\n  ");

    private static readonly Gen<string> Text = OneOf("\"\"", "\"hi\"", "\"世界 🙂\"", "\"\\u4e16 \\\" \\\\ {\\\"model\\\":1}\"", "\"a\\nb/\\/\"");

    private static readonly Gen<string> Content = Gen.OneOf(
        Text,
        Gen.Const("null"),
        Gen.OneOf(
            Text.Select(text => $"{{\"type\":\"text\",\"text\":{text}}}"),
            Gen.Const("{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.com/a.png\",\"detail\":\"low\"}}"),
            Gen.Const("{\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"},\"type\":\"image_url\"}")).Array[0, 3].Select(parts => $"[{string.Join(" , ", parts)}]"));

    private static readonly Gen<string> Message = Gen.Select(OneOf("system", "user", "assistant", "tool"), Content, Gen.Bool, (role, content, roleFirst) => roleFirst
        ? $"{{\"role\":\"{role}\",\"content\":{content}}}"
        : $"{{\"content\":{content},\"name\":\"model\",\"role\":\"{role}\"}}");

    private static readonly Gen<string?[]> Members = Gen.Select(
        Gen.Select(Maybe("model", "\"m\"", "\"é-模\\u0065l\"", "\"upstream-model\""), Maybe("stream", "true", "false", "null"), Maybe("n", "1", "3", "null")),
        Maybe("stream_options", "{}", "{ }", "null", "{\"include_usage\":true}", "{\"include_usage\" : false}", "{\"x\":{\"include_usage\":true}}", "{\"include_obfuscation\":false,\"include_usage\":null}"),
        Gen.Select(Maybe("max_tokens", "null", "5", "1000"), Maybe("max_completion_tokens", "null", "7", "2000")),
        Gen.Select(Maybe("tools", "[]", "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"model\":{}}}}]"), Maybe("response_format", "null", "{\"type\":\"text\"}", "{\"json_schema\":{\"schema\":{}},\"type\":\"json_schema\"}")),
        Gen.Select(Maybe("x", "{\"model\":\"y\",\"max_tokens\":1}", "[[],{}]"), Maybe("temperature", "0", "1.5e0")),
        (a, b, c, d, e) => new[] { a.Item1, a.Item2, a.Item3, b, c.Item1, c.Item2, d.Item1, d.Item2, e.Item1, e.Item2 });

    private static readonly Gen<string> Body =
        from members in Members
        from messages in Message.Array[1, 4]
        let all = members.OfType<string>().Append($"\"messages\":[{string.Join(',', messages)}]").ToArray()
        from order in Gen.Shuffle(all)
        from spaces in Space.Array[order.Length + 2]
        select $"{spaces[0]}{{{spaces[1]}{string.Join(',', order.Select((member, i) => spaces[i + 1] + member + spaces[i + 2]))}}}{spaces[0]}";

    [Fact]
    public void Scan_AnyValidRequest_FindsWhatADocumentHolds() => Body.Sample(body =>
    {
        var scan = RequestScanner.Scan(Encoding.UTF8.GetBytes(body));
        var document = JsonNode.Parse(body, documentOptions: Unique)!.AsObject();
        var messages = document["messages"]!.AsArray();
        Assert.Equal((string?)document["model"], scan.Model);
        Assert.Equal((bool?)document["stream"] ?? false, scan.Stream);
        Assert.Equal((bool?)document["stream_options"]?["include_usage"] ?? false, scan.IncludeUsage);
        Assert.Equal((int?)document["n"] ?? 1, scan.Choices);
        Assert.Equal(CapOf(document), scan.Cap);
        Assert.Equal(document["tools"] is JsonArray { Count: > 0 }, scan.HasTools);
        Assert.Equal((string?)document["response_format"]?["type"] == "json_schema", scan.HasJsonSchema);
        Assert.Equal(messages.Count, scan.Messages);
        Assert.Equal((string?)messages[^1]!["role"] == "assistant", scan.EndsWithAssistant);
        Assert.Equal(messages.Sum(message => message!["content"] is JsonArray parts ? parts.Count(part => part!["image_url"] is not null) : 0), scan.Media?.Count ?? 0);
        Assert.True(scan.TextBytes >= messages.Sum(message => message!["content"] is JsonValue text ? Encoding.UTF8.GetByteCount((string)text!) : 0));
    });

    [Fact]
    public Task Rewrite_AnyValidRequest_ChangesNothingButModelUsageAndCap() =>
        Gen.Select(Body, Gen.Bool, OneOf<long?>(null, 300)).SampleAsync(async (body, needsNew, cap) =>
        {
            using var call = Some.Call(body);
            var profile = Some.Profile() with { Model = "upstream-model", NeedsMaxCompletionTokens = needsNew };
            using var content = OpenAiRequestRewriter.Rewrite(call, profile, cap);
            var announced = content.Headers.ContentLength;
            var sent = await content.ReadAsByteArrayAsync();

            Assert.Equal(sent.Length, announced);
            var got = JsonNode.Parse(sent, documentOptions: Unique)!.AsObject();
            var asked = JsonNode.Parse(body)!.AsObject();
            Assert.Equal("upstream-model", (string?)got["model"]);
            var (effective, mine) = (CapOf(got), CapOf(asked));
            Assert.Equal(new[] { cap, mine }.Min(), effective);
            if (needsNew && asked["max_completion_tokens"] is null)
            {
                Assert.Null(got["max_tokens"]);
            }
            if (call.Scan.Stream)
            {
                Assert.True((bool?)got["stream_options"]!["include_usage"]);
            }
            else
            {
                Assert.True(JsonNode.DeepEquals(asked["stream_options"], got["stream_options"]));
            }
            Assert.True(JsonNode.DeepEquals(Rest(asked), Rest(got)));
        });

    private static long? CapOf(JsonObject request) => new[] { (long?)request["max_completion_tokens"], (long?)request["max_tokens"] }.Max();

    /// <summary>What the gateway has no business in.</summary>
    private static JsonObject Rest(JsonObject request)
    {
        var rest = request.DeepClone().AsObject();
        foreach (var name in (string[])["model", "max_tokens", "max_completion_tokens"])
        {
            rest.Remove(name);
        }
        if (rest["stream_options"] is JsonObject options)
        {
            options.Remove("include_usage");
        }
        if (rest["stream_options"] is null or JsonObject { Count: 0 })
        {
            rest.Remove("stream_options");
        }
        return rest;
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<string?> Maybe(string name, params string[] values) =>
        Gen.Select(Gen.Int[-1, values.Length - 1], Gen.Bool, (i, escaped) => i < 0 ? null : $"\"{(escaped ? $"\\u{(int)name[0]:x4}{name[1..]}" : name)}\":{values[i]}");
}
