using Azure.Core;
using Azure.Identity;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Ledger;
using Tollgate.Ledger.Rerating;
using Tollgate.Ledger.Rollups;
using Tollgate.Tables;

namespace Tollgate.Cli;

/// <summary>The gateway's ledger and prices, found as the gateway finds them, without its credentials and without a host.</summary>
internal sealed class Store : IAsyncDisposable
{
    private readonly IUsageLedger ledger;

    private Store(IUsageLedger ledger, Rater rater, string catalogueVersion)
    {
        this.ledger = ledger;
        (Rater, CatalogueVersion) = (rater, catalogueVersion);
    }

    public IUsageRollups Rollups => (IUsageRollups)ledger;

    public IUsageRerating Rerating => (IUsageRerating)ledger;

    public Rater Rater { get; }

    /// <summary>Version of the prices of models; a deployment's own have another.</summary>
    public string CatalogueVersion { get; }

    /// <summary>Opens the tables that <c>TOLLGATE_TABLES</c> names, else <c>usage.db</c> in the data directory.</summary>
    /// <param name="file">Path of gateway.json; null: what <c>TOLLGATE_CONFIG</c> names, else the one in the current folder.</param>
    /// <param name="around">The process.</param>
    /// <exception cref="ConfigurationException">The configuration cannot be used, or there is no usage to work on.</exception>
    public static Store Open(string? file, Surroundings around)
    {
        file ??= around.Environment(HostSettings.ConfigurationFile) is { Length: > 0 } named ? named : "gateway.json";
        var config = ConfigReader.Read(Read(file), file);
        var catalogue = ModelCatalogue.Load();
        return new Store(Ledger(config, file, around), new Rater(new DeploymentPrices(config, catalogue)), catalogue.Version);
    }

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    private static IUsageLedger Ledger(GatewayConfig config, string file, Surroundings around)
    {
        if (TableAccount.Find(around.Environment, new Lazy<TokenCredential>(() => new DefaultAzureCredential())) is { } tables)
        {
            return new TableUsageLedger(tables, around.Time, new ErrorLog<TableUsageLedger>(around.Error));
        }
        var directory = config.DataDirectory ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, ".data");
        return File.Exists(UsageFile.PathIn(directory))
            ? UsageFile.Open(directory, around.Time, new ErrorLog<SqliteUsageLedger>(around.Error))
            : throw new ConfigurationException(file, [$"{HostSettings.Tables} is not set and '{UsageFile.PathIn(directory)}' does not exist; there is no usage to work on."]);
    }

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(file, [$"the file cannot be read. --config or {HostSettings.ConfigurationFile} names it; without them, gateway.json of the current folder is read."]);
        }
    }
}
