using Tollgate.Configuration;

namespace Tollgate.Ledger;

internal static class UsageFile
{
    /// <summary>Path of the usage file in a directory that is made if need be.</summary>
    /// <exception cref="ConfigurationException">The directory cannot be made.</exception>
    public static string In(string directory)
    {
        try
        {
            return Path.Combine(Directory.CreateDirectory(directory).FullName, "usage.db");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException("gateway.json", [$"'dataDirectory' is '{directory}', which cannot be created or written."]);
        }
    }
}
