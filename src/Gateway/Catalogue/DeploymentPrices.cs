using Tollgate.Configuration;

namespace Tollgate.Catalogue;

/// <summary>What each deployment of a configuration costs.</summary>
internal sealed class DeploymentPrices(GatewayConfig config, ModelCatalogue catalogue)
{
    /// <summary>A deployment's prices.</summary>
    /// <param name="deployment">Its name.</param>
    /// <param name="prices">Null where it has none.</param>
    /// <returns>False where there is no such deployment.</returns>
    public bool TryFind(string deployment, out PriceBook? prices)
    {
        prices = config.Deployments.TryGetValue(deployment, out var found) ? PriceReader.Of(found, catalogue.Find(found.Model!)) : null;
        return found is not null;
    }
}
