using Tollgate.Catalogue;

namespace Tollgate.Providers.Gemini;

/// <summary>The Gemini API, told who calls by an API key. Source: https://ai.google.dev/api.</summary>
internal sealed class GeminiProvider(IWire wire) : IProvider
{
    private const string KeyHeader = "x-goog-api-key";
    private const string ModelsPrefix = "models/";

    public string Kind => "gemini";

    public IWire? WireFor(ModelProfile model) => wire;

    public UpstreamAddress AddressOf(ProviderSettings provider, ModelProfile model)
    {
        var endpoint = provider.Endpoint.AbsoluteUri.TrimEnd('/');
        if (!endpoint.EndsWith("/v1beta", StringComparison.Ordinal))
        {
            endpoint += "/v1beta";
        }
        var id = model.Model.StartsWith(ModelsPrefix, StringComparison.Ordinal) ? model.Model[ModelsPrefix.Length..] : model.Model;
        var address = $"{endpoint}/models/{Uri.EscapeDataString(id)}";
        return new UpstreamAddress(new Uri($"{address}:generateContent"), new Uri($"{address}:streamGenerateContent?alt=sse"));
    }

    public ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderSettings provider, string? credential, CancellationToken cancellationToken)
    {
        var key = credential?.Trim();
        if (string.IsNullOrEmpty(key) || key.Any(char.IsControl))
        {
            throw new CredentialException($"The provider '{provider.Name}' has no usable API key.");
        }
        request.Headers.TryAddWithoutValidation(KeyHeader, key);
        return ValueTask.CompletedTask;
    }
}
