using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>OpenAI's tiers and Anthropic's: <c>auto</c> is one of both, <c>default</c> is <c>standard_only</c>; the others have no twin.</summary>
internal static class ServiceTier
{
    public static void Write(Utf8JsonWriter json, string? asked, AnthropicPlatform platform, Translation translation)
    {
        var tier = asked switch
        {
            "auto" => "auto",
            "default" or "standard_only" => "standard_only",
            _ => null,
        };
        if (asked is not null && tier is null)
        {
            translation.Drop("service_tier", "Anthropic has auto and standard_only.");
        }
        // Vertex has one tier, which is what both words come to there.
        if (tier is not null && platform == AnthropicPlatform.Direct)
        {
            json.WriteString("service_tier"u8, tier);
        }
    }
}
