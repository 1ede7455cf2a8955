using Tollgate.Configuration;
using Tollgate.Providers.Vertex;

namespace Tollgate.Routing;

/// <summary>The public endpoints, for providers configured without one. The validator demands one of the kinds that have none.</summary>
internal static class ProviderDefaults
{
    public static string Endpoint(ProviderConfig provider) => provider.Kind switch
    {
        "anthropic" => "https://api.anthropic.com",
        "gemini" => "https://generativelanguage.googleapis.com",
        "vertex" => VertexProvider.DefaultEndpoint(provider.Location!).AbsoluteUri,
        _ => "https://api.openai.com/v1",
    };
}
