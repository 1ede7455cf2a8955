using Tollgate.Catalogue;

namespace Tollgate.Gateway.Tests.Wire;

/// <summary>The models that Gemini's transcripts name.</summary>
internal static class GeminiModels
{
    private const Capabilities All = Capabilities.Tools | Capabilities.Vision | Capabilities.Pdf | Capabilities.Audio | Capabilities.JsonSchema;

    public static ModelProfile Of(string model) => new()
    {
        Model = model,
        Family = "gemini",
        ContextWindow = 1_048_576,
        MaxOutput = model == "gemini-2.0-flash" ? 8192 : 65_536,
        Capabilities = model.StartsWith("gemini-3", StringComparison.Ordinal) ? All | Capabilities.Reasoning | Capabilities.UrlImages : All,
        Thinking = model.Split('-')[1] switch
        {
            "2.5" => ThinkingStyle.Budget,
            "3" => ThinkingStyle.Level,
            _ => ThinkingStyle.None,
        },
        Efforts = model switch
        {
            "gemini-2.5-flash" => ["none", "minimal", "low", "medium", "high"],
            "gemini-2.5-pro" => ["minimal", "low", "medium", "high"],
            "gemini-3-flash-preview" => ["minimal", "low", "medium", "high"],
            _ => [],
        },
        TakesJsonSchema = model != "gemini-2.0-flash",
        TakesSampling = model != "gemini-no-sampling",
    };
}
