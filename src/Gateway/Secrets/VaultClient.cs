using Azure.Core;
using Azure.Security.KeyVault.Secrets;

namespace Tollgate.Secrets;

/// <summary>One vault, read as the host's own identity. Source: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret.</summary>
internal sealed class VaultClient
{
    private readonly Uri address;
    private readonly SecretClient client;

    /// <param name="address">The vault.</param>
    /// <param name="identity">The host's own identity.</param>
    /// <param name="configure">Last word on the options, for tests.</param>
    public VaultClient(Uri address, TokenCredential identity, Action<SecretClientOptions>? configure = null)
    {
        var options = new SecretClientOptions
        {
            Retry = { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(300), MaxDelay = TimeSpan.FromSeconds(2), NetworkTimeout = TimeSpan.FromSeconds(4) },
            Diagnostics = { IsLoggingEnabled = false, IsLoggingContentEnabled = false, IsDistributedTracingEnabled = false, IsTelemetryEnabled = false },
        };
        configure?.Invoke(options);
        this.address = address;
        client = new SecretClient(address, identity, options);
    }

    /// <summary>Reads the newest version of a secret. What is definitively not to be had is a secret with a problem.</summary>
    /// <exception cref="VaultException">The vault does not say.</exception>
    public async Task<(Secret Secret, DateTimeOffset? ExpiresOn)> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            KeyVaultSecret found = await client.GetSecretAsync(name, cancellationToken: cancellationToken);
            return (Secret.Of(found.Value), found.Properties.ExpiresOn);
        }
        catch (Exception failed)
        {
            return VaultFailure.IsDefinitive(failed, out var problem)
                ? (Secret.Missing(problem), null)
                : throw new VaultException(VaultFailure.Describe(failed, address));
        }
    }
}
