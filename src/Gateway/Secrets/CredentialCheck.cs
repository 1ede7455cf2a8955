using Tollgate.Admin;
using Tollgate.Configuration;

namespace Tollgate.Secrets;

/// <summary>A provider whose credential is not there would only be found by its first caller. What a vault holds is not asked at start: readiness says it.</summary>
internal static class CredentialCheck
{
    /// <param name="config">The configuration, checked.</param>
    /// <param name="environment">Holds what <c>env:NAME</c> refers to.</param>
    /// <param name="vaultSetting">The value of <see cref="HostSettings.Vault"/>; null where it is not set.</param>
    /// <param name="source">The configuration's name in messages.</param>
    /// <returns>The vault; null where none is set.</returns>
    /// <exception cref="ConfigurationException">The configuration names a secret that does not exist, or a vault that is not set.</exception>
    public static Uri? Run(GatewayConfig config, EnvironmentCredentials environment, string? vaultSetting, string source)
    {
        var problems = new List<string>();
        Uri? vault = null;
        try
        {
            vault = VaultAddress.Read(vaultSetting);
        }
        catch (FormatException wrong)
        {
            problems.Add(wrong.Message);
        }
        var isVaultMissing = vault is null && problems.Count == 0;
        problems.AddRange(
            from named in Named(config)
            let problem = named.Reference.StartsWith("kv:", StringComparison.Ordinal)
                ? isVaultMissing ? $"{HostSettings.Vault}, the URI of the Key Vault, is not set" : null
                : named.ProblemOf(environment.Find(named.Reference))
            where problem is not null
            select $"'{named.Setting}' names {named.Reference}, but {problem}.");
        return problems.Count == 0 ? vault : throw new ConfigurationException(source, problems);
    }

    /// <summary>Every secret that the configuration names, but for tenants' keys.</summary>
    private static IEnumerable<(string Setting, string Reference, Func<Secret, string?> ProblemOf)> Named(GatewayConfig config)
    {
        foreach (var (name, provider) in config.Providers)
        {
            foreach (var reference in provider.Credential ?? [])
            {
                yield return ($"providers.{name}.credential", reference, secret => secret.ProblemFor(provider.Kind!));
            }
        }
        if (config.Alerts?.Secret is { } key)
        {
            yield return ("alerts.secret", key, secret => secret.Problem);
        }
        if (config.Admin?.Secret is { } admin && !AdminAuthenticator.IsHash(admin))
        {
            yield return ("admin.secret", admin, AdminAuthenticator.ProblemOf);
        }
    }
}
