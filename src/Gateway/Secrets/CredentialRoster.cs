using Microsoft.Extensions.Logging;
using Tollgate.Configuration;

namespace Tollgate.Secrets;

/// <summary>The credentials of every provider, as configured.</summary>
internal sealed class CredentialRoster(GatewayConfig config, Credentials credentials, TimeProvider time, ILogger<ProviderCredential> logger)
{
    private readonly Dictionary<string, ProviderCredentials> providers = config.Providers.ToDictionary(
        provider => provider.Key,
        provider => new ProviderCredentials(
            [.. (provider.Value.Credential ?? []).Select(reference => new ProviderCredential(provider.Key, provider.Value.Kind!, reference, credentials, time, logger))]),
        StringComparer.Ordinal);

    public IEnumerable<ProviderCredential> All => providers.Values.SelectMany(provider => provider.All);

    public ProviderCredentials Of(string provider) => providers[provider];
}
