using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests;

/// <summary>Requests in each wire's form, to which a test adds what it is about.</summary>
internal static class Bodies
{
    public const string Question = "How are you today?";

    public static JsonObject OpenAi(string model, bool stream = false, string extra = "{}") => With(new JsonObject
    {
        ["model"] = model,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Question }),
        ["stream"] = stream,
    }, extra);

    public static JsonObject Anthropic(string model, bool stream = false, string extra = "{}") => With(new JsonObject
    {
        ["model"] = model,
        ["max_tokens"] = 4096,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Question }),
        ["stream"] = stream,
    }, extra);

    public static JsonObject VertexAnthropic(string extra = "{}") => With(new JsonObject
    {
        ["anthropic_version"] = "vertex-2023-10-16",
        ["max_tokens"] = 4096,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Question }),
    }, extra);

    public static JsonObject Gemini(string extra = "{}") => With(new JsonObject
    {
        ["contents"] = new JsonArray(new JsonObject { ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["text"] = Question }) }),
    }, extra);

    private static JsonObject With(JsonObject body, string extra)
    {
        foreach (var (name, value) in JsonNode.Parse(extra)!.AsObject())
            body[name] = value?.DeepClone();
        return body;
    }
}
