using System.Net.Http.Headers;
using Azure.Core;
using Azure.Identity;
using Tollgate.Catalogue;

namespace Tollgate.Providers.AzureOpenAi;

/// <summary>
/// Azure OpenAI: the v1 path, or the deployment path where an <c>api-version</c> is configured. With a key it sends
/// <c>api-key</c>; without one, an Entra token of the host's own identity.
/// Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference.
/// </summary>
/// <param name="identity">The host's own identity. It caches tokens and renews them ahead of their end.</param>
internal sealed class AzureOpenAiProvider(Lazy<TokenCredential> identity) : IProvider
{
    private static readonly TokenRequestContext Scope = new(["https://cognitiveservices.azure.com/.default"]);

    public string Kind => "azure-openai";

    public IWire? WireFor(ModelProfile model) => null;

    public UpstreamAddress AddressOf(ProviderSettings provider, ModelProfile model)
    {
        var root = provider.Endpoint.AbsoluteUri.TrimEnd('/');
        var address = new Uri(provider.ApiVersion is { } version
            ? $"{root}/openai/deployments/{Uri.EscapeDataString(model.Model)}/chat/completions?api-version={Uri.EscapeDataString(version)}"
            : $"{root}/openai/v1/chat/completions");
        return new UpstreamAddress(address, address);
    }

    public async ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderSettings provider, string? credential, CancellationToken cancellationToken)
    {
        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation("api-key", credential);
            return;
        }
        try
        {
            var token = await identity.Value.GetTokenAsync(Scope, cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }
        catch (AuthenticationFailedException)
        {
            // The library's message can name tenants and hosts; it stays here.
            throw new CredentialException($"Provider '{provider.Name}' has no credential, and this host's own identity gets no token for it.");
        }
    }
}
