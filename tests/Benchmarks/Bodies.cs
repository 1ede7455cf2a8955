using System.Text;
using System.Text.Json.Nodes;

namespace Tollgate.Benchmarks;

/// <summary>Requests and streams the benchmarks feed in.</summary>
internal static class Bodies
{
    /// <summary>A short question, as a chat application sends it.</summary>
    public static byte[] SmallRequest(string model, bool stream) => Request(model, stream, "Say hello to the benchmark.");

    /// <summary>A prompt of a mebibyte with an escape every few hundred bytes.</summary>
    public static byte[] LargeRequest(string model)
    {
        var text = new StringBuilder();
        for (var word = 0; text.Length < 1 << 20; word++)
        {
            text.Append(word % 50 == 0 ? "é\"q\"\n" : "").Append("word").Append(word % 977).Append(' ');
        }
        return Request(model, stream: false, text.ToString());
    }

    /// <summary>A stream in OpenAI's form: role, <paramref name="chunks"/> chunks of text, finish, usage, end.</summary>
    public static byte[] OpenAiStream(int chunks)
    {
        var stream = new StringBuilder();
        Chunk(stream, """{"role":"assistant","content":""}""", "null");
        for (var i = 0; i < chunks; i++)
        {
            Chunk(stream, $$"""{"content":"word{{i}} "}""", "null");
        }
        Chunk(stream, "{}", "\"stop\"");
        stream.Append($$$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-4o","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":{{{chunks}}},"total_tokens":{{{chunks + 12}}}}}""").Append("\n\ndata: [DONE]\n\n");
        return Encoding.UTF8.GetBytes(stream.ToString());
    }

    /// <summary>The same in Anthropic's form.</summary>
    public static byte[] AnthropicStream(int chunks)
    {
        var stream = new StringBuilder();
        Event(stream, "message_start", """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"stop_reason":null,"usage":{"input_tokens":12,"output_tokens":1}}}""");
        Event(stream, "content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        for (var i = 0; i < chunks; i++)
        {
            Event(stream, "content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"word{{{i}}} "}}""");
        }
        Event(stream, "content_block_stop", """{"type":"content_block_stop","index":0}""");
        Event(stream, "message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":{{{chunks}}}}}""");
        Event(stream, "message_stop", """{"type":"message_stop"}""");
        return Encoding.UTF8.GetBytes(stream.ToString());
    }

    /// <summary>The same in Gemini's form.</summary>
    public static byte[] GeminiStream(int chunks)
    {
        var stream = new StringBuilder();
        for (var i = 0; i < chunks; i++)
        {
            var finish = i == chunks - 1 ? ",\"finishReason\":\"STOP\"" : "";
            stream.Append($$$"""data: {"candidates":[{"content":{"parts":[{"text":"word{{{i}}} "}],"role":"model"}{{{finish}}},"index":0}],"usageMetadata":{"promptTokenCount":12,"candidatesTokenCount":{{{i + 1}}},"totalTokenCount":{{{i + 13}}}},"modelVersion":"gemini-3-pro-preview"}""").Append("\r\n\r\n");
        }
        return Encoding.UTF8.GetBytes(stream.ToString());
    }

    /// <summary>A request with this text.</summary>
    public static byte[] Request(string model, bool stream, string text) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["model"] = model,
        ["max_tokens"] = 256,
        ["stream"] = stream,
        ["messages"] = new JsonArray(
            new JsonObject { ["role"] = "system", ["content"] = "You are helpful." },
            new JsonObject { ["role"] = "user", ["content"] = text }),
    }.ToJsonString());

    private static void Chunk(StringBuilder stream, string delta, string finish) => stream.Append(
        $$$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-4o","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{{{delta}}},"logprobs":null,"finish_reason":{{{finish}}}}]}""").Append("\n\n");

    private static void Event(StringBuilder stream, string type, string data) => stream.Append("event: ").Append(type).Append("\ndata: ").Append(data).Append("\n\n");
}
