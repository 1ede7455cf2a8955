using System.Text.Json.Nodes;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>Reads a generateContent request, whose members may be written in camel or snake case.</summary>
internal static class GeminiRequest
{
    /// <summary>Reads and checks the request.</summary>
    /// <exception cref="RejectedException">Google would refuse it.</exception>
    public static Prompt Read(Call call, bool vertex)
    {
        GeminiRules.CheckMembers(call.Body, vertex);
        var contents = GeminiContents.Check(call.Body);

        var config = call.Body.Member("generationConfig");
        var calling = call.Body.Member("toolConfig").Member("functionCallingConfig");
        var mode = calling.At("mode").Text()?.ToUpperInvariant();
        return new Prompt
        {
            Texts = [GeminiContents.Text(call.Body.Member("systemInstruction")), .. contents.Select(GeminiContents.Text)],
            LastUserText = GeminiContents.Text(contents.LastOrDefault(c => c.At("role").Text() is null or "user")),
            EndsWithToolResult = GeminiContents.Parts(contents[^1], "functionResponse").Any(),
            MaxTokens = config.Member("maxOutputTokens").Int(),
            Tools = [.. call.Body.Member("tools").Items().SelectMany(t => t.Member("functionDeclarations").Items())
                .Select(f => new Tool(f.At("name").Text() ?? "", f.Member("parametersJsonSchema") ?? f.Member("parameters")))],
            ToolUse = mode switch
            {
                "ANY" => ToolUse.Demanded,
                "NONE" => ToolUse.Forbidden,
                _ => ToolUse.Allowed,
            },
            DemandedTools = [.. calling.Member("allowedFunctionNames").Items().Select(n => n.Text() ?? "")],
            Schema = config.Member("responseMimeType").Text() is "application/json" ? Schema(config) : null,
            Choices = config.Member("candidateCount").Int() ?? 1,
        };
    }

    private static JsonNode Schema(JsonNode? config) =>
        config.Member("responseJsonSchema") ?? config.Member("responseSchema")
        ?? new JsonObject { ["properties"] = new JsonObject { ["answer"] = new JsonObject { ["type"] = "string" } } };
}
