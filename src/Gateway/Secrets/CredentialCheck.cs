using Tollgate.Configuration;

namespace Tollgate.Secrets;

/// <summary>A provider whose credential is not there would only be found by its first caller.</summary>
internal static class CredentialCheck
{
    /// <exception cref="ConfigurationException">A provider names a secret that does not exist.</exception>
    public static void Run(GatewayConfig config, ICredentialStore secrets, string source)
    {
        var problems = (
            from provider in config.Providers
            from reference in provider.Value.Credential ?? []
            where secrets.Find(reference) is null
            select $"'providers.{provider.Key}.credential' names {reference}, which is not set in the environment.").ToList();
        if (problems.Count > 0)
        {
            throw new ConfigurationException(source, problems);
        }
    }
}
