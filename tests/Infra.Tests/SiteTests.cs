using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.Infra.Tests;

public sealed class SiteTests
{
    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void Runtime_Every_IsIsolatedDotnet10AndDeployedByIdentity(string name) =>
        Assert.All(Prediction.Named(name).OfType("Microsoft.Web/sites"), site =>
        {
            var config = site["properties"]!["functionAppConfig"]!;
            Assert.Equal("dotnet-isolated", (string?)config["runtime"]!["name"]);
            Assert.Equal("10.0", (string?)config["runtime"]!["version"]);
            Assert.Equal("UserAssignedIdentity", (string?)config["deployment"]!["storage"]!["authentication"]!["type"]);
            // Packages lie in the region's own account.
            Assert.Contains($"/storageAccounts/{Prediction.SettingsOf(site)["AzureWebJobsStorage__accountName"]}'", (string)config["deployment"]!["storage"]!["value"]!, StringComparison.Ordinal);
        });

    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void Identity_Every_IsTheOneAndOnly(string name)
    {
        var prediction = Prediction.Named(name);
        var identity = (string)Assert.Single(prediction.OfType("Microsoft.ManagedIdentity/userAssignedIdentities"))["id"]!;

        Assert.All(prediction.OfType("Microsoft.Web/sites"), site =>
        {
            Assert.Equal("UserAssigned", (string?)site["identity"]!["type"]);
            Assert.Equal([identity], site["identity"]!["userAssignedIdentities"]!.AsObject().Select(assigned => assigned.Key));
            Assert.Equal($"[reference('{identity}', '2024-11-30').clientId]", Prediction.SettingsOf(site)["AZURE_CLIENT_ID"]);
        });
    }

    [Fact]
    public void Scale_Parameters_ReachEverySite() =>
        Assert.All(Prediction.Full.OfType("Microsoft.Web/sites"), site =>
        {
            var scale = site["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!;
            Assert.Equal(4096, (int)scale["instanceMemoryMB"]!);
            Assert.Equal(40, (int)scale["maximumInstanceCount"]!);
            Assert.Equal(16, (int)scale["triggers"]!["http"]!["perInstanceConcurrency"]!);
            Assert.Equal(2, (int)Assert.Single(scale["alwaysReady"]!.AsArray())!["instanceCount"]!);
        });

    [Fact]
    public void ServiceTag_FirstSiteOnly_IsTheServiceOfAzureYaml()
    {
        var service = AzureYaml.Service;

        Assert.Equal([service], Prediction.Main.OfType("Microsoft.Web/sites").Select(Tag));
        // azd takes a second site with the tag for an error.
        Assert.Equal([service, null], Prediction.Full.OfType("Microsoft.Web/sites").Select(Tag));
        Assert.All(new[] { Prediction.Main, Prediction.Full }, prediction => Assert.Single(prediction.Resources, resource => Tag(resource) is not null));
    }

    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void Tables_FirstAccount_HasThoseAnOperatorWritesTo(string name)
    {
        var prediction = Prediction.Named(name);
        var account = (string)prediction.OfType("Microsoft.Storage/storageAccounts")[0]["name"]!;

        Assert.Equal([$"{account}/default/Keys", $"{account}/default/Tenants"], prediction.OfType("Microsoft.Storage/storageAccounts/tableServices/tables").Select(table => (string)table["name"]!));
    }

    [Fact]
    public void HostJson_Routes_HaveNoPrefixAndTimeOutAfterTheLongestStream()
    {
        var host = JsonNode.Parse(Project.Read("host.json"))!;

        Assert.Equal("", (string?)host["extensions"]!["http"]!["routePrefix"]);
        // Longer than the gateway's own limit of a call by default, totalMs: when the host's strikes, it takes the worker down with all its calls.
        Assert.True(TimeSpan.Parse((string)host["functionTimeout"]!, CultureInfo.InvariantCulture) > TimeSpan.FromMinutes(10));
    }

    private static string? Tag(JsonNode resource) => (string?)resource["tags"]?["azd-service-name"];
}
