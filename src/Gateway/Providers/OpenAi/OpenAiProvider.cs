using System.Net.Http.Headers;
using Tollgate.Catalogue;

namespace Tollgate.Providers.OpenAi;

/// <summary>OpenAI and every service that speaks its wire. Without a credential no authorization is sent, as local servers want it.</summary>
internal sealed class OpenAiProvider : IProvider
{
    public string Kind => "openai";

    public IWire? WireFor(ModelProfile model) => null;

    public UpstreamAddress AddressOf(ProviderSettings provider, ModelProfile model)
    {
        var address = new Uri($"{provider.Endpoint.AbsoluteUri.TrimEnd('/')}/chat/completions");
        return new UpstreamAddress(address, address);
    }

    public ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderSettings provider, string? credential, CancellationToken cancellationToken)
    {
        if (credential is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        }
        return ValueTask.CompletedTask;
    }
}
