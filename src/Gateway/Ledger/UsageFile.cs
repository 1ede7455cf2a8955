using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Tollgate.Configuration;

namespace Tollgate.Ledger;

/// <summary>The ledger's file in the data directory.</summary>
internal static class UsageFile
{
    /// <summary>Where it is in a directory.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "usage.db");

    /// <summary>Opens <c>usage.db</c> in a directory that is made if need be.</summary>
    /// <exception cref="ConfigurationException">The directory cannot be made, or the file cannot be opened as a database.</exception>
    public static SqliteUsageLedger Open(string directory, TimeProvider time, ILogger<SqliteUsageLedger> logger)
    {
        try
        {
            return new SqliteUsageLedger(PathIn(Directory.CreateDirectory(directory).FullName), time, logger);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException("gateway.json", [$"'dataDirectory' is '{directory}', which cannot be created or written."]);
        }
        catch (SqliteException refused)
        {
            throw new ConfigurationException("gateway.json", [$"'dataDirectory' is '{directory}', whose usage.db cannot be opened (SQLite error {refused.SqliteErrorCode})."]);
        }
    }
}
