using Tollgate.Configuration;

namespace Tollgate.Routing;

/// <summary>The public endpoints, for providers configured without one. The validator demands one of the kinds that have none.</summary>
internal static class ProviderDefaults
{
    public static string Endpoint(ProviderConfig provider) => provider.Kind switch
    {
        "anthropic" => "https://api.anthropic.com",
        "gemini" => "https://generativelanguage.googleapis.com",
        "vertex" => provider.Location == "global" ? "https://aiplatform.googleapis.com" : $"https://{provider.Location}-aiplatform.googleapis.com",
        _ => "https://api.openai.com/v1",
    };
}
