using Tollgate.Configuration;

namespace Tollgate.Infra.Tests;

public sealed class SettingsTests
{
    /// <summary>Settings that something other than the gateway's own code reads, and why they are there.</summary>
    private static readonly Dictionary<string, string> Platform = new()
    {
        ["AZURE_CLIENT_ID"] = "Azure.Identity: which of the site's identities to be",
        ["AZURE_TOKEN_CREDENTIALS"] = "Azure.Identity: ask for that identity at once, probe nothing else",
        ["AzureWebJobsStorage__accountName"] = "host: its own state, by identity",
        ["AzureWebJobsStorage__credential"] = "host: that identity is a managed one",
        ["AzureWebJobsStorage__clientId"] = "host: which",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "host and worker: where telemetry goes",
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "host: sent with an Entra token",
        ["AzureWebJobsDisableHomepage"] = "host: no page of its own at /",
        ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "host: no limit below the gateway's own",
    };

    private static readonly Dictionary<string, string> Scheduler = new()
    {
        ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = "host: overrides host.json",
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"] = "host: overrides host.json",
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName"] = "host: names the next one",
        ["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"] = "durable extension: where the scheduler is, and by which identity",
    };

    [Fact]
    public void Settings_Defaults_AreWhatTheCodeAndThePlatformRead() => AssertNames(Prediction.Main, [.. HostSettings.All, .. Platform.Keys]);

    [Fact]
    public void Settings_Scheduler_AddsItsOwn()
    {
        AssertNames(Prediction.Full, [.. HostSettings.All, .. Platform.Keys, .. Scheduler.Keys]);
        Assert.All(Prediction.Full.OfType("Microsoft.Web/sites").Select(Prediction.SettingsOf), settings =>
        {
            Assert.Equal("azureManaged", settings["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"]);
            Assert.True(settings.ContainsKey(settings["AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName"]));
            Assert.Contains("Authentication=ManagedIdentity;ClientID=", settings["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"], StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Settings_SecondRegion_SharesDataAndKeepsItsOwnHostState()
    {
        var sites = Prediction.Full.OfType("Microsoft.Web/sites").Select(Prediction.SettingsOf).ToArray();

        Assert.Equal(2, sites.Length);
        Assert.All(new[] { HostSettings.Tables, HostSettings.Vault, "AZURE_CLIENT_ID", "APPLICATIONINSIGHTS_CONNECTION_STRING" }, name => Assert.Equal(sites[0][name], sites[1][name]));
        Assert.NotEqual(sites[0]["AzureWebJobsStorage__accountName"], sites[1]["AzureWebJobsStorage__accountName"]);
    }

    [Theory]
    [MemberData(nameof(Prediction.Names), MemberType = typeof(Prediction))]
    public void Settings_Values_HoldNoSecret(string name) =>
        Assert.All(Prediction.Named(name).OfType("Microsoft.Web/sites").SelectMany(Prediction.SettingsOf), setting =>
            Assert.DoesNotMatch("(?i)list[a-z]+\\(|AccountKey|SharedAccess|Password|Secret", setting.Value));

    private static void AssertNames(Prediction prediction, string[] expected) =>
        Assert.All(prediction.OfType("Microsoft.Web/sites"), site =>
            Assert.Equal(expected.Order(StringComparer.Ordinal), Prediction.SettingsOf(site).Keys.Order(StringComparer.Ordinal)));
}
