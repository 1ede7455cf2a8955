using System.Text.Json.Nodes;

namespace Tollgate.Infra.Tests;

/// <summary>What must hold for every resource of a kind, whatever the options.</summary>
public sealed class HardeningTests
{
    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void StorageAccounts_Every_TakesEntraTokensOverTlsOnly(string name)
    {
        Each(name, "Microsoft.Storage/storageAccounts", account =>
        {
            Assert.False((bool)account["allowSharedKeyAccess"]!);
            Assert.False((bool)account["allowBlobPublicAccess"]!);
            Assert.False((bool)account["allowCrossTenantReplication"]!);
            Assert.True((bool)account["defaultToOAuthAuthentication"]!);
            Assert.True((bool)account["supportsHttpsTrafficOnly"]!);
            Assert.Contains((string)account["minimumTlsVersion"]!, new[] { "TLS1_2", "TLS1_3" });
        });
        Each(name, "Microsoft.Storage/storageAccounts/blobServices/containers", container => Assert.Equal("None", (string?)container["publicAccess"]));
    }

    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void Vaults_Every_AreRuledByRolesAndCannotBePurged(string name) =>
        Each(name, "Microsoft.KeyVault/vaults", vault =>
        {
            Assert.True((bool)vault["enableRbacAuthorization"]!);
            Assert.True((bool)vault["enablePurgeProtection"]!);
            Assert.True((bool)vault["enableSoftDelete"]!);
            Assert.Null(vault["accessPolicies"]);
        });

    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void Monitoring_Every_RefusesKeys(string name)
    {
        Each(name, "Microsoft.Insights/components", component => Assert.True((bool)component["DisableLocalAuth"]!));
        Each(name, "Microsoft.OperationalInsights/workspaces", workspace => Assert.True((bool)workspace["features"]!["disableLocalAuth"]!));
    }

    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void Sites_Every_SpeaksTlsAndIsPublishedWithoutPasswords(string name)
    {
        Each(name, "Microsoft.Web/sites", site =>
        {
            Assert.True((bool)site["httpsOnly"]!);
            Assert.False((bool)site["clientAffinityEnabled"]!);
            var config = site["siteConfig"]!;
            Assert.Contains((string)config["minTlsVersion"]!, new[] { "1.2", "1.3" });
            Assert.Contains((string)config["scmMinTlsVersion"]!, new[] { "1.2", "1.3" });
            Assert.Equal("Disabled", (string?)config["ftpsState"]);
            Assert.True((bool)config["http20Enabled"]!);
            Assert.Empty(config["cors"]!["allowedOrigins"]!.AsArray());
        });
        var prediction = Prediction.Named(name);
        var policies = prediction.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies");
        Assert.All(policies, policy => Assert.False((bool)policy["properties"]!["allow"]!));
        Assert.Equal(
            prediction.OfType("Microsoft.Web/sites").SelectMany(site => new[] { $"{site["name"]}/ftp", $"{site["name"]}/scm" }).Order(StringComparer.Ordinal),
            policies.Select(policy => (string)policy["name"]!).Order(StringComparer.Ordinal));
    }

    private static void Each(string prediction, string type, Action<JsonNode> check)
    {
        var resources = Prediction.Named(prediction).OfType(type);
        Assert.NotEmpty(resources);
        Assert.All(resources, resource => check(resource["properties"]!));
    }
}
