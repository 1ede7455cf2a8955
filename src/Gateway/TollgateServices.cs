using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using Tollgate.Admin;
using Tollgate.Admission;
using Tollgate.Admission.Bounds;
using Tollgate.Admission.Loops;
using Tollgate.Budgets;
using Tollgate.Budgets.Alerts;
using Tollgate.Budgets.Entities;
using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Endpoints;
using Tollgate.Health;
using Tollgate.Intake;
using Tollgate.Ledger;
using Tollgate.Ledger.Reading;
using Tollgate.Ledger.Rollups;
using Tollgate.Providers;
using Tollgate.Providers.Anthropic;
using Tollgate.Providers.AzureOpenAi;
using Tollgate.Providers.Gemini;
using Tollgate.Providers.OpenAi;
using Tollgate.Providers.RemoteFiles;
using Tollgate.Providers.Vertex;
using Tollgate.Routing;
using Tollgate.Secrets;
using Tollgate.Settlement;
using Tollgate.Tables;
using Tollgate.Telemetry;
using Tollgate.Tenants;
using Tollgate.Upstream;

namespace Tollgate;

/// <summary>What a host says when it adds the gateway.</summary>
public sealed class TollgateOptions
{
    /// <summary>The text of <c>gateway.json</c>.</summary>
    public required ReadOnlyMemory<byte> Configuration { get; init; }

    /// <summary>What to call it in messages: its path.</summary>
    public required string ConfigurationName { get; init; }

    /// <summary>
    /// Ascends with each change of <see cref="Configuration"/>: of two versions of a tenant's limits, instances that share its budgets go by the
    /// higher. Compared with the times of tables' rows, so best the file's last-write time in UTC ticks.
    /// </summary>
    public long ConfigurationVersion { get; init; }

    /// <summary>Where the usage file is kept when the configuration names no <c>dataDirectory</c>, and usage is in no table.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Gives the environment variables that <c>env:NAME</c> refers to, and the host's settings.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;
}

/// <summary>Adds the gateway to a host.</summary>
public static class TollgateServices
{
    /// <summary>Reads and checks the configuration and adds all services, with the embedded defaults where the host's settings name no service of Azure.</summary>
    /// <exception cref="ConfigurationException">The configuration cannot be used.</exception>
    public static IServiceCollection AddTollgate(this IServiceCollection services, TollgateOptions options)
    {
        var config = ConfigReader.Read(options.Configuration.Span, options.ConfigurationName);
        var secrets = new EnvironmentCredentials(options.Environment);
        var vault = CredentialCheck.Run(config, secrets, options.Environment(HostSettings.Vault), options.ConfigurationName);
        var directory = config.DataDirectory ?? options.DataDirectory;

        // Built on first use: its chain looks at the machine it runs on.
        var identity = new Lazy<TokenCredential>(() => new DefaultAzureCredential());

        services.AddSingleton(identity);
        services.AddCredentials(config, secrets, vault);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(ModelCatalogue.Load());
        services.AddSingleton(new GatewayLimits(config.MaxRequestBytes ?? GatewayLimits.DefaultMaxRequestBytes));
        services.AddSingleton<ITenantDirectory>(new ConfiguredTenants(config, secrets, options.ConfigurationVersion));
        AddTables(services, config, options, identity, directory);
        AddAlerts(services, config.Alerts);
        services.AddSingleton<IBudgetAuthority, InProcessBudgets>();
        services.AddSingleton<LeaseBook>();
        services.AddSingleton<IProvider, OpenAiProvider>();
        services.AddSingleton<IProvider>(new AzureOpenAiProvider(identity));
        services.AddSingleton<IProvider>(new AnthropicProvider());
        services.AddSingleton<IProvider>(new GeminiProvider(new GeminiWire(GeminiPlatform.GeminiApi)));
        services.AddSingleton<IProvider>(new VertexProvider(new GeminiWire(GeminiPlatform.Vertex), new AnthropicWire(AnthropicPlatform.Vertex)));
        services.AddSingleton<IRemoteFiles, GuardedRemoteFiles>();
        services.AddSingleton(provider => new Topology(config, provider.GetRequiredService<ModelCatalogue>(), provider.GetServices<IProvider>(), provider.GetRequiredService<CredentialRoster>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<UpstreamClients>();
        services.AddSingleton(TraceContextOut.Read(options.Environment(HostSettings.TraceContext)));
        services.AddSingleton<Attempt>();
        services.AddSingleton(OwnRegion.Read(options.Environment));
        services.AddSingleton(Random.Shared);
        services.AddSingleton<RetryPolicy>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton(provider => new AdminAuthenticator(
            config.Admin?.Secret, provider.GetRequiredService<Credentials>(), provider.GetRequiredService<ILogger<AdminAuthenticator>>()));
        services.AddSingleton<IntakeReader>();
        services.AddSingleton<Router>();
        services.AddSingleton<PromptTokenizers>();
        services.AddSingleton<PromptBounds>();
        services.AddSingleton<LoopGuard>();
        services.AddSingleton<Admitter>();
        services.AddSingleton<Settler>();
        services.AddSingleton(new UsageRetention(config.Retention?.UsageDays, config.Retention?.DailyMonths));
        services.AddSingleton(provider => (IUsageRollups)provider.GetRequiredService<IUsageLedger>());
        services.AddSingleton<LedgerKeeper>();
        services.AddSingleton<GatewayPipeline>();
        services.AddSingleton<ExplainEndpoint>();
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<UsagePages>();
        services.AddSingleton<UsageEndpoint>();
        services.AddSingleton<AdminUsageEndpoint>();
        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton(provider => new GatewayEndpoints(
            provider.GetRequiredService<GatewayPipeline>(),
            provider.GetRequiredService<ExplainEndpoint>(),
            provider.GetRequiredService<ModelsEndpoint>(),
            provider.GetRequiredService<UsageEndpoint>(),
            provider.GetRequiredService<AdminUsageEndpoint>(),
            provider.GetRequiredService<HealthEndpoint>()));
        return services;
    }

    /// <summary>Maps every endpoint.</summary>
    public static void MapTollgate(this WebApplication app)
    {
        app.UseRouting();
        foreach (var endpoint in app.Services.GetRequiredService<GatewayEndpoints>().All)
        {
            var handle = new RequestDelegate(endpoint.Handle);
            _ = endpoint.Method is { } method ? app.MapMethods(endpoint.Pattern, [method], handle) : app.Map(endpoint.Pattern, handle);
        }
    }

    /// <summary>Has OpenTelemetry hear the gateway, where somebody is to be told.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="settings">The host's: OpenTelemetry's own environment variables, e.g. <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, are read from it.</param>
    /// <param name="spans">The host has an exporter of its own for spans, to be added to what this returns.</param>
    /// <param name="metrics">The host has one for metrics.</param>
    /// <returns>Null where there is nobody to tell, or <c>OTEL_SDK_DISABLED</c> is <c>true</c>.</returns>
    public static OpenTelemetryBuilder? AddTollgateTelemetry(this IServiceCollection services, IConfiguration settings, bool spans, bool metrics) =>
        TelemetrySetup.Add(services, settings, spans, metrics);

    /// <summary>Has the usage ledger kept in order from the start on, every hour. For a host that calls nothing at times of its own.</summary>
    public static IServiceCollection AddTollgateTimer(this IServiceCollection services) => services.AddHostedService<LedgerTimer>();

    /// <summary>Has instances share budgets, where there is a table service for what they share. Without one each keeps them by itself.</summary>
    internal static void ShareBudgets(this IServiceCollection services, Func<IServiceProvider, IBudgetEntities> entities)
    {
        if (services.Any(service => service.ServiceType == typeof(TableAccount)))
        {
            services.AddSingleton(entities);
            services.AddSingleton<LeaseSlots>();
            services.AddSingleton<BudgetActor>();
            services.Replace(ServiceDescriptor.Singleton<IBudgetAuthority, EntityBudgets>());
        }
    }

    private static void AddAlerts(IServiceCollection services, AlertsConfig? config)
    {
        if (config is not null)
        {
            services.AddSingleton(provider => new AlertWebhook(
                new AlertTarget(new Uri(config.Webhook!), config.Secret),
                provider.GetRequiredService<UpstreamClients>().For(AlertWebhook.Patience),
                provider.GetRequiredService<Credentials>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<AlertWebhook>>()));
        }
        services.AddSingleton(provider => new BudgetAlerts(
            provider.GetService<AlertWebhook>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BudgetAlerts>>()));
    }

    /// <summary>Tenants and usage in tables where the host names a table service; else usage in a file, and the configuration's tenants alone.</summary>
    private static void AddTables(IServiceCollection services, GatewayConfig config, TollgateOptions options, Lazy<TokenCredential> identity, string directory)
    {
        if (TableAccount.Find(options.Environment, identity) is { } tables)
        {
            services.AddSingleton(tables);
            services.AddSingleton<ITenantDirectory, TableTenants>();
            services.AddSingleton<IUsageLedger>(provider => new TableUsageLedger(
                tables, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TableUsageLedger>>()));
            services.AddSingleton(provider => new SharedHealth(
                tables, provider.GetRequiredService<Topology>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SharedHealth>>()));
            services.AddHostedService(provider => provider.GetRequiredService<SharedHealth>());
            services.AddSingleton<IDependency>(provider => new TableDependency(
                tables, [TableKey.Table, TableTenant.Table, UsageEntity.Table], provider.GetRequiredService<TimeProvider>()));
            return;
        }
        if (!config.Tenants.Values.Any(tenant => tenant.Keys is { Count: > 0 }))
        {
            throw new ConfigurationException(options.ConfigurationName, [$"no tenant has a key, so that nobody could call; give one 'keys' under 'tenants', or set {HostSettings.Tables} to a table service that holds tenants."]);
        }
        services.AddSingleton<IUsageLedger>(provider => UsageFile.Open(
            directory, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SqliteUsageLedger>>()));
    }
}
