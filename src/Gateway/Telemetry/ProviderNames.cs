using Tollgate.Providers;

namespace Tollgate.Telemetry;

/// <summary>What OpenTelemetry calls providers.</summary>
internal static class ProviderNames
{
    /// <summary>The name of the service that a provider's kind and endpoint stand for; <c>openai</c> also where only the wire is OpenAI's.</summary>
    public static string Of(ProviderSettings provider) => provider.Kind switch
    {
        "azure-openai" => "azure.ai.openai",
        "anthropic" => "anthropic",
        "gemini" => "gcp.gemini",
        "vertex" => "gcp.vertex_ai",
        _ => provider.Endpoint.Host switch
        {
            "api.mistral.ai" => "mistral_ai",
            "api.x.ai" => "x_ai",
            "api.deepseek.com" => "deepseek",
            "api.groq.com" => "groq",
            "api.perplexity.ai" => "perplexity",
            "api.cohere.ai" or "api.cohere.com" => "cohere",
            "api.moonshot.ai" or "api.moonshot.cn" => "moonshot_ai",
            _ => "openai",
        },
    };
}
