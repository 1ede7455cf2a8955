using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>Reads the contents and checks the API's rules about them.</summary>
internal static class GeminiContents
{
    /// <summary>The text parts of a content, one to a line.</summary>
    public static string Text(JsonNode? content) =>
        string.Join('\n', content.At("parts").Items().Select(p => p.At("text").Text()).OfType<string>());

    /// <summary>The members of the given name among a content's parts.</summary>
    public static IEnumerable<JsonNode> Parts(JsonNode? content, string member) =>
        content.At("parts").Items().Select(p => p.Member(member)).OfType<JsonNode>();

    /// <summary>The contents of the body, once they satisfy the rules.</summary>
    /// <exception cref="RejectedException">They do not.</exception>
    public static JsonArray Check(JsonObject body)
    {
        if (body["contents"] is not JsonArray { Count: > 0 } contents)
            throw RejectedException.Invalid("* GenerateContentRequest.contents: contents is not specified\n");

        for (var i = 0; i < contents.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"* GenerateContentRequest.contents[{i}]");
            GeminiRules.Require(contents[i].At("role").Text() is null or "user" or "model", "Please use a valid role: user, model.");
            GeminiRules.Require(contents[i].At("parts") is JsonArray { Count: > 0 }, $"{path}.parts: contents.parts must not be empty.\n");
            var responses = Parts(contents[i], "functionResponse").ToList();
            GeminiRules.Require(responses.All(r => !string.IsNullOrEmpty(r.At("name").Text())), $"{path}.parts[0].function_response.name: Name cannot be empty.\n");

            var calls = i > 0 && contents[i - 1].At("role").Text() is "model" ? Parts(contents[i - 1], "functionCall").Count() : 0;
            GeminiRules.Require(responses.Count == calls, "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
        }

        GeminiRules.Require(!Parts(contents[^1], "functionCall").Any(), "Please ensure that function response turn comes immediately after a function call turn.");
        return contents;
    }
}
