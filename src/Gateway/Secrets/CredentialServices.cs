using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tollgate.Configuration;
using Tollgate.Health;

namespace Tollgate.Secrets;

/// <summary>Adds the stores of credentials and all that chooses among them.</summary>
internal static class CredentialServices
{
    /// <param name="services">Has the host's identity, a <see cref="Lazy{TokenCredential}"/>.</param>
    /// <param name="config">The configuration, checked.</param>
    /// <param name="environment">Holds what <c>env:NAME</c> refers to.</param>
    /// <param name="vault">Holds what <c>kv:NAME</c> refers to; null where none is set.</param>
    public static void AddCredentials(this IServiceCollection services, GatewayConfig config, EnvironmentCredentials environment, Uri? vault)
    {
        services.AddSingleton<ICredentialStore>(environment);
        if (vault is not null)
        {
            services.AddSingleton(provider => Client(vault, provider.GetRequiredService<Lazy<TokenCredential>>()));
            services.AddSingleton<ICredentialStore, KeyVaultCredentials>();
        }
        services.AddSingleton<Credentials>();
        services.AddSingleton(provider => new CredentialRoster(
            config, provider.GetRequiredService<Credentials>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ProviderCredential>>()));
        services.AddSingleton<IDependency, CredentialReadiness>();
    }

    /// <summary>Neither the identity nor the client's libraries are loaded before the first secret is read.</summary>
    private static Lazy<VaultClient> Client(Uri vault, Lazy<TokenCredential> identity) => new(() => new VaultClient(vault, identity.Value));
}
