using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>The API's rules about a request's members: those it does not know are errors.</summary>
internal static class GeminiRules
{
    private static readonly HashSet<string> Top = new(StringComparer.Ordinal)
    {
        "contents", "tools", "toolConfig", "safetySettings", "systemInstruction", "generationConfig", "cachedContent", "model",
        "serviceTier", "store",
    };

    private static readonly HashSet<string> TopOfVertex = new(StringComparer.Ordinal) { "labels", "modelArmorConfig" };

    private static readonly HashSet<string> Config = new(StringComparer.Ordinal)
    {
        "stopSequences", "responseMimeType", "responseSchema", "responseJsonSchema", "responseModalities", "candidateCount",
        "maxOutputTokens", "temperature", "topP", "topK", "seed", "presencePenalty", "frequencyPenalty", "responseLogprobs",
        "logprobs", "enableEnhancedCivicAnswers", "speechConfig", "thinkingConfig", "mediaResolution", "imageConfig",
        "audioTimestamp", "routingConfig",
    };

    public static void CheckMembers(JsonObject body, bool vertex)
    {
        foreach (var (name, _) in body)
            Require(Top.Contains(GeminiNames.Camel(name)) || (vertex && TopOfVertex.Contains(GeminiNames.Camel(name))), Unknown(name, ""));

        var config = body.Member("generationConfig");
        foreach (var (name, _) in config as JsonObject ?? [])
            Require(Config.Contains(GeminiNames.Camel(name)), Unknown(name, " at 'generation_config'"));
        if (config.Member("maxOutputTokens") is { } limit)
            Require(limit.Int() is >= 1, "max_output_tokens must be positive.");
        if (config.Member("candidateCount") is { } count)
            Require(count.Int() is >= 1 and <= 8, "candidate_count must be in the range [1, 8].");

        var thinking = config.Member("thinkingConfig");
        Require(thinking.Member("thinkingBudget") is null || thinking.Member("thinkingLevel") is null,
            "You can only set one of thinking budget and thinking level.");
    }

    /// <summary>Refuses the request with the message unless the rule holds.</summary>
    public static void Require(bool holds, string message)
    {
        if (!holds)
            throw RejectedException.Invalid(message);
    }

    private static string Unknown(string name, string place) =>
        $"Invalid JSON payload received. Unknown name \"{name}\"{place}: Cannot find field.";
}
