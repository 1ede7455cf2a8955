using Tollgate.Catalogue;

namespace Tollgate.Gateway.Tests.Wire;

/// <summary>The kinds of model that the transcripts of the Anthropic wire are told for.</summary>
internal static class AnthropicModels
{
    private const Capabilities Usual = Capabilities.Tools | Capabilities.Vision | Capabilities.Pdf | Capabilities.UrlImages;

    public static ModelProfile Of(string name) => name switch
    {
        // Thinks by budget, continues a prefilled answer.
        "claude-haiku-4-5" or "claude-haiku-4-5-20251001" => new ModelProfile
        {
            Model = name,
            Family = "claude",
            MaxOutput = 64_000,
            Capabilities = Usual | Capabilities.JsonSchema | Capabilities.Reasoning | Capabilities.Prefill,
            Thinking = ThinkingStyle.Budget,
        },
        // Thinks adaptively, or not at all where told so.
        "claude-opus-4-6" => new ModelProfile
        {
            Model = name,
            Family = "claude",
            MaxOutput = 128_000,
            Capabilities = Usual | Capabilities.JsonSchema | Capabilities.Reasoning,
            Thinking = ThinkingStyle.Adaptive,
            Efforts = ["none", "low", "medium", "high", "max"],
        },
        // Always thinks and refuses sampling parameters.
        "claude-opus-5-5" => new ModelProfile
        {
            Model = name,
            Family = "claude",
            MaxOutput = 128_000,
            Capabilities = Usual | Capabilities.JsonSchema | Capabilities.Reasoning,
            Thinking = ThinkingStyle.Adaptive,
            Efforts = ["low", "medium", "high", "xhigh", "max"],
            TakesSampling = false,
        },
        // Neither thinks nor enforces schemas.
        "claude-3-haiku-20240307" => new ModelProfile
        {
            Model = name,
            Family = "claude",
            MaxOutput = 4_096,
            Capabilities = Usual | Capabilities.Prefill,
        },
        // The catalogue knows next to nothing of it.
        "claude-next" => new ModelProfile { Model = name, Capabilities = Usual, Thinking = ThinkingStyle.Adaptive },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such model."),
    };
}
