namespace Tollgate.Configuration;

/// <summary>The environment variables (in Azure: app settings) that the gateway reads by itself. Those behind <c>env:NAME</c> are the configuration's.</summary>
public static class HostSettings
{
    /// <summary>Path of <c>gateway.json</c>.</summary>
    public const string ConfigurationFile = "TOLLGATE_CONFIG";

    /// <summary>URI of the Key Vault behind <c>kv:NAME</c>, e.g. <c>https://acme.vault.azure.net</c>.</summary>
    public const string Vault = "TOLLGATE_VAULT";

    /// <summary>URI of the storage account's table service, e.g. <c>https://acme.table.core.windows.net</c>; or a connection string, for the emulator.</summary>
    public const string Tables = "TOLLGATE_TABLES";

    /// <summary>Whether upstreams are sent the trace context of their attempt: <c>on</c>, as without it, or <c>off</c>.</summary>
    public const string TraceContext = "TOLLGATE_TRACE_CONTEXT";

    /// <summary>Who may read LocalHost's <c>/metrics</c>: <c>local</c>, as without it, or <c>anyone</c>.</summary>
    public const string Metrics = "TOLLGATE_METRICS";

    /// <summary>The region this instance runs in, as the deployments' <c>region</c> names it.</summary>
    public const string Region = "TOLLGATE_REGION";

    /// <summary>What Azure's app services set for the same: https://learn.microsoft.com/azure/app-service/reference-app-settings.</summary>
    public const string AzureRegion = "REGION_NAME";

    /// <summary>Those that every deployment to Azure sets.</summary>
    public static IReadOnlyList<string> All { get; } = [ConfigurationFile, Vault, Tables];
}
