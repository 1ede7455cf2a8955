using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Tollgate.Configuration;

namespace Tollgate.Ledger;

/// <summary>The ledger's file in the data directory.</summary>
internal static class UsageFile
{
    /// <summary>Opens <c>usage.db</c> in a directory that is made if need be.</summary>
    /// <exception cref="ConfigurationException">The directory cannot be made, or the file cannot be opened as a database.</exception>
    public static SqliteUsageLedger Open(string directory, TimeProvider time, ILogger<SqliteUsageLedger> logger)
    {
        try
        {
            return new SqliteUsageLedger(Path.Combine(Directory.CreateDirectory(directory).FullName, "usage.db"), time, logger);
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
