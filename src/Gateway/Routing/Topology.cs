using Tollgate.Catalogue;
using Tollgate.Configuration;
using Tollgate.Conversation;
using Tollgate.Health;
using Tollgate.Providers;
using Tollgate.Secrets;

namespace Tollgate.Routing;

/// <summary>The deployments and models of a configuration, ready for use. Immutable.</summary>
internal sealed class Topology
{
    private readonly Dictionary<string, ModelRoute> models;

    public Topology(GatewayConfig config, ModelCatalogue catalogue, IEnumerable<IProvider> providers, CredentialRoster credentials, TimeProvider time)
    {
        var kinds = providers.ToDictionary(provider => provider.Kind, StringComparer.Ordinal);
        var deployments = config.Deployments.ToDictionary(
            item => item.Key,
            item => Build(item.Key, item.Value, config.Providers[item.Value.Provider!], catalogue, kinds, credentials, time),
            StringComparer.Ordinal);
        Deployments = deployments.Values;
        models = config.Models.ToDictionary(
            item => item.Key,
            item => new ModelRoute(item.Key, [.. item.Value.Tiers!.Select(tier => new Tier(Strategies.Of(tier.Strategy), [.. tier.Targets!.Select(name => new RouteTarget(deployments[name], tier.Weights?.GetValueOrDefault(name, 1) ?? 1))]))]),
            StringComparer.Ordinal);
    }

    public IReadOnlyCollection<Deployment> Deployments { get; }

    public IReadOnlyCollection<ModelRoute> Models => models.Values;

    public ModelRoute? Find(string model) => models.GetValueOrDefault(model);

    private static Deployment Build(string name, DeploymentConfig config, ProviderConfig provider, ModelCatalogue catalogue, Dictionary<string, IProvider> kinds, CredentialRoster credentials, TimeProvider time)
    {
        var kind = kinds[provider.Kind!];
        var settings = new ProviderSettings
        {
            Name = config.Provider!,
            Kind = provider.Kind!,
            Endpoint = new Uri((provider.Endpoint ?? ProviderDefaults.Endpoint(provider)).TrimEnd('/')),
            ApiVersion = provider.ApiVersion,
            Project = provider.Project,
            Location = provider.Location,
        };
        var own = credentials.Of(config.Provider!);
        var profile = Override(catalogue.Find(config.Model!), config);
        return new Deployment
        {
            Name = name,
            Provider = kind,
            Settings = settings,
            Credentials = own,
            Profile = profile,
            ProjectTier = config.ServiceTier is { } tier ? ServiceTiers.Parse(tier) : null,
            Region = config.Region ?? provider.Location ?? "",
            Timeouts = Timeouts(config.Timeouts),
            Address = kind.AddressOf(settings, profile),
            Wire = kind.WireFor(profile),
            Health = new DeploymentHealth(name, time, own.All.Count),
            Origin = kind.WireFor(profile)?.OriginOf(profile) ?? "",
        };
    }

    private static ModelProfile Override(ModelProfile profile, DeploymentConfig config)
    {
        var capabilities = config.Capabilities is { } words ? CapabilityWords.Parse(words) : profile.Capabilities;
        capabilities = config.AcceptsPrefill switch
        {
            true => capabilities | Capabilities.Prefill,
            false => capabilities & ~Capabilities.Prefill,
            null => capabilities,
        };
        return profile with
        {
            ContextWindow = config.ContextWindow ?? profile.ContextWindow,
            MaxOutput = config.MaxOutput ?? profile.MaxOutput,
            MayExceedMaxOutput = profile.Family == ModelProfile.UnknownFamily || config.MaxOutput < profile.MaxOutput,
            Capabilities = capabilities,
            Prices = PriceReader.Of(config, profile),
        };
    }

    private static AttemptTimeouts Timeouts(TimeoutsConfig? config) => new(
        Of(config?.ConnectMs, AttemptTimeouts.Default.Connect),
        Of(config?.FirstTokenMs, AttemptTimeouts.Default.FirstToken),
        Of(config?.IdleMs, AttemptTimeouts.Default.Idle),
        Of(config?.TotalMs, AttemptTimeouts.Default.Total))
    {
        FirstTokenOfSeveral = config?.FirstTokenMs is null ? AttemptTimeouts.Default.FirstTokenOfSeveral : null,
    };

    private static TimeSpan Of(int? milliseconds, TimeSpan otherwise) =>
        milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : otherwise;
}
