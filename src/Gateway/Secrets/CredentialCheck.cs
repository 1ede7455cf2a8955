using System.Text;
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
            let problem = Problem(secrets.Find(reference), provider.Value.Kind!)
            where problem is not null
            select $"'providers.{provider.Key}.credential' names {reference}, which {problem}.").ToList();
        if (problems.Count > 0)
        {
            throw new ConfigurationException(source, problems);
        }
    }

    private static string? Problem(string? secret, string kind) => secret switch
    {
        null => "is not set in the environment",
        _ when kind != "vertex" && !Ascii.IsValid(secret) => "holds a character outside ASCII, which no header can carry",
        _ when kind != "vertex" && secret.Any(char.IsControl) => "holds a line break or another control character, which no header can carry",
        _ => null,
    };
}
