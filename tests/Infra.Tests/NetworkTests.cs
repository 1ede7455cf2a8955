using System.Text.Json.Nodes;

namespace Tollgate.Infra.Tests;

public sealed class NetworkTests
{
    [Fact]
    public void Network_Off_HasNoPartAndLeavesTheDoorsOpen()
    {
        Assert.DoesNotContain(Prediction.Main.Resources, resource => ((string)resource["type"]!).StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.All(DataStores(Prediction.Main), store => Assert.Equal("Enabled", (string?)store["properties"]!["publicNetworkAccess"]));
        Assert.All(Prediction.Main.OfType("Microsoft.Web/sites"), site => Assert.Null(site["properties"]!["virtualNetworkSubnetId"]));
    }

    [Fact]
    public void Network_On_ShutsEveryStoreAndGivesEachServiceAnEndpoint()
    {
        var stores = DataStores(Prediction.Full);
        var endpoints = Prediction.Full.OfType("Microsoft.Network/privateEndpoints")
            .Select(endpoint => endpoint["properties"]!["privateLinkServiceConnections"]![0]!["properties"]!)
            .Select(link => ((string)link["privateLinkServiceId"]!, (string)link["groupIds"]![0]!));

        Assert.Equal(3, stores.Count);
        Assert.All(stores, store => Assert.Equal("Disabled", (string?)store["properties"]!["publicNetworkAccess"]));
        Assert.Equal(
            stores.SelectMany(store => ServicesOf(store).Select(service => ((string)store["id"]!, service))).Order(),
            endpoints.Order());
    }

    [Fact]
    public void Network_On_EverySiteSendsThroughItsRegionsDelegatedSubnet()
    {
        var networks = Prediction.Full.OfType("Microsoft.Network/virtualNetworks");

        Assert.Equal(2, networks.Count);
        Assert.All(Prediction.Full.OfType("Microsoft.Web/sites"), site =>
        {
            var network = Assert.Single(networks, candidate => (string?)candidate["location"] == (string?)site["location"]);
            Assert.Equal($"{network["id"]}/subnets/gateway", (string?)site["properties"]!["virtualNetworkSubnetId"]);
            var subnet = network["properties"]!["subnets"]!.AsArray().Single(candidate => (string?)candidate!["name"] == "gateway")!;
            Assert.Equal("Microsoft.App/environments", (string?)subnet["properties"]!["delegations"]![0]!["properties"]!["serviceName"]);
        });
        Assert.Equal(2, networks.Select(network => (string)network["properties"]!["addressSpace"]!["addressPrefixes"]![0]!).Distinct().Count());
        Assert.Equal(2, Prediction.Full.OfType("Microsoft.Network/virtualNetworks/virtualNetworkPeerings").Count);
    }

    [Fact]
    public void Network_On_EveryZoneIsSeenFromEveryNetwork() =>
        Assert.Equal(
            Prediction.Full.OfType("Microsoft.Network/privateDnsZones").Count * 2,
            Prediction.Full.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Count);

    private static List<JsonNode> DataStores(Prediction prediction) => [.. prediction.OfType("Microsoft.Storage/storageAccounts"), .. prediction.OfType("Microsoft.KeyVault/vaults")];

    private static string[] ServicesOf(JsonNode store) => (string?)store["type"] == "Microsoft.KeyVault/vaults" ? ["vault"] : ["blob", "queue", "table"];
}
