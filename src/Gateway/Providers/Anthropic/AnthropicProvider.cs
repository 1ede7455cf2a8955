using Tollgate.Catalogue;

namespace Tollgate.Providers.Anthropic;

/// <summary>Anthropic's own service, and others that speak its wire under the same paths and headers.</summary>
internal sealed class AnthropicProvider : IProvider
{
    private const string ApiVersion = "2023-06-01";

    private readonly AnthropicWire wire = new(AnthropicPlatform.Direct);

    public string Kind => "anthropic";

    public IWire? WireFor(ModelProfile model) => wire;

    /// <summary>The endpoint may be given with or without the <c>/v1</c> it ends in.</summary>
    public UpstreamAddress AddressOf(ProviderSettings provider, ModelProfile model)
    {
        var root = provider.Endpoint.AbsoluteUri.TrimEnd('/');
        var messages = new Uri(root.EndsWith("/v1", StringComparison.Ordinal) ? $"{root}/messages" : $"{root}/v1/messages");
        return new UpstreamAddress(messages, messages);
    }

    public ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderSettings provider, string? credential, CancellationToken cancellationToken)
    {
        var key = credential?.Trim();
        if (string.IsNullOrEmpty(key))
        {
            throw new CredentialException($"Provider '{provider.Name}' has no API key.");
        }
        // Checked here because the header's own check repeats the value in its message.
        if (key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new CredentialException($"The API key of provider '{provider.Name}' holds characters that a header cannot carry.");
        }
        request.Headers.TryAddWithoutValidation("x-api-key", key);
        request.Headers.TryAddWithoutValidation("anthropic-version", ApiVersion);
        return ValueTask.CompletedTask;
    }
}
