using Tollgate.Catalogue;

namespace Tollgate.Providers.Vertex;

/// <summary>
/// Vertex AI: Gemini and Claude models of a Google Cloud project.
/// Sources: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference, …/partner-models/claude/use-claude.
/// </summary>
/// <param name="gemini">Translates for Google's models.</param>
/// <param name="anthropic">Translates for Anthropic's.</param>
internal sealed class VertexProvider(IWire gemini, IWire anthropic) : IProvider
{
    /// <summary>Google's libraries are loaded for the first call to Vertex only.</summary>
    private readonly Lazy<GoogleTokens> tokens = new();

    public string Kind => "vertex";

    /// <summary>Where a location's models answer. Source: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations.</summary>
    public static Uri DefaultEndpoint(string location) => new(location switch
    {
        "global" => "https://aiplatform.googleapis.com",
        "us" or "eu" => $"https://aiplatform.{location}.rep.googleapis.com",
        _ => $"https://{location}-aiplatform.googleapis.com",
    });

    public IWire? WireFor(ModelProfile model) => IsClaude(model) ? anthropic : gemini;

    /// <exception cref="ArgumentException">The provider's project or location is not set.</exception>
    public UpstreamAddress AddressOf(ProviderSettings provider, ModelProfile model)
    {
        var project = Required(provider, provider.Project, "project");
        var location = Required(provider, provider.Location, "location");
        var publisher = IsClaude(model) ? "anthropic" : "google";
        var address = $"{provider.Endpoint.AbsoluteUri.TrimEnd('/')}/v1/projects/{project}/locations/{location}"
            + $"/publishers/{publisher}/models/{Uri.EscapeDataString(model.Model).Replace("%40", "@", StringComparison.Ordinal)}";
        return IsClaude(model)
            ? new UpstreamAddress(new Uri($"{address}:rawPredict"), new Uri($"{address}:streamRawPredict"))
            : new UpstreamAddress(new Uri($"{address}:generateContent"), new Uri($"{address}:streamGenerateContent?alt=sse"));
    }

    public ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderSettings provider, string? credential, CancellationToken cancellationToken) =>
        tokens.Value.AuthorizeAsync(request, provider.Name, credential, cancellationToken);

    /// <summary>By its name too: a Claude that is newer than the catalogue is still Anthropic's.</summary>
    private static bool IsClaude(ModelProfile model) => model.Family == "claude" || model.Model.StartsWith("claude-", StringComparison.Ordinal);

    private static string Required(ProviderSettings provider, string? value, string setting) => string.IsNullOrWhiteSpace(value)
        ? throw new ArgumentException($"The provider '{provider.Name}' of kind 'vertex' needs '{setting}'.", nameof(provider))
        : Uri.EscapeDataString(value);
}
