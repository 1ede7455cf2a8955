using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Health;
using Tollgate.Providers;
using Tollgate.Secrets;

namespace Tollgate.Routing;

/// <summary>One upstream model at one provider in one region, with all that an attempt needs worked out beforehand.</summary>
internal sealed class Deployment
{
    public required string Name { get; init; }

    public required IProvider Provider { get; init; }

    public required ProviderSettings Settings { get; init; }

    /// <summary>The provider's, shared with its other deployments.</summary>
    public required ProviderCredentials Credentials { get; init; }

    public required ModelProfile Profile { get; init; }

    /// <summary>What the provider makes of a call that leaves its tier to it; null where nobody says.</summary>
    public ServiceTier? ProjectTier { get; init; }

    /// <summary>Where the model runs, e.g. <c>eastus</c>; empty where not configured.</summary>
    public required string Region { get; init; }

    /// <summary>The region in the form of <see cref="OwnRegion"/>.</summary>
    public string PlainRegion => field ??= OwnRegion.Plain(Region);

    public required AttemptTimeouts Timeouts { get; init; }

    public required UpstreamAddress Address { get; init; }

    /// <summary>The wire to translate to; null where the caller's own passes through.</summary>
    public required IWire? Wire { get; init; }

    /// <summary>Provider and model, for <see cref="Conversation.ReplyOrigin"/>.</summary>
    public required string Origin { get; init; }

    public required DeploymentHealth Health { get; init; }
}

/// <summary>Time allowed for the phases of one attempt.</summary>
/// <param name="Connect">To have a connection.</param>
/// <param name="FirstToken">From sending to the first output of a stream.</param>
/// <param name="Idle">Between two reads of a stream.</param>
/// <param name="Total">For all of it.</param>
internal sealed record AttemptTimeouts(TimeSpan Connect, TimeSpan FirstToken, TimeSpan Idle, TimeSpan Total)
{
    public static readonly AttemptTimeouts Default = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10))
    {
        FirstTokenOfSeveral = TimeSpan.FromSeconds(10),
    };

    /// <summary>In place of <see cref="FirstToken"/> where another target can be asked; null: no other.</summary>
    public TimeSpan? FirstTokenOfSeveral { get; init; }

    /// <summary>How long the first output of a stream may take.</summary>
    /// <param name="isLast">There is no other target to ask.</param>
    public TimeSpan FirstTokenWhen(bool isLast) => isLast ? FirstToken : FirstTokenOfSeveral ?? FirstToken;
}
