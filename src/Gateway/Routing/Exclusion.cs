using System.Text.Json;

namespace Tollgate.Routing;

/// <summary>Why a target is not asked, or not before all others.</summary>
internal enum ExclusionReason
{
    None,

    /// <summary>The tenant may not use the deployment.</summary>
    NotAllowed,

    /// <summary>It is in a region that the tenant's calls may not go to.</summary>
    Region,

    /// <summary>It does not take something that the call holds.</summary>
    Capability,

    /// <summary>Its breaker is open.</summary>
    Breaker,

    /// <summary>It asked to be left alone for a while.</summary>
    Resting,

    /// <summary>The prompt is longer than its context window.</summary>
    ContextWindow,

    /// <summary>What its provider says is left of a rate limit is not enough: asked after all others.</summary>
    Quota,

    /// <summary>Another instance has its breaker open: asked after all others.</summary>
    Advice,
}

/// <summary>Why a target is not asked. A value, so that the many that are excluded in an outage cost no memory.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Left">How long it lasts, where that is known.</param>
/// <param name="Needed">What the call needs there: tokens of the prompt.</param>
/// <param name="Available">What there is: tokens of the window, or what is left of the quota.</param>
internal readonly record struct Exclusion(ExclusionReason Reason, TimeSpan Left = default, long Needed = 0, long Available = 0)
{
    private static readonly string[] Names = [.. Enum.GetNames<ExclusionReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>Which of what the call holds the target does not take.</summary>
    public Need Unmet { get; init; }

    /// <summary>As answers and headers say it, e.g. <c>context_window</c>.</summary>
    public string Word => WordOf(Reason);

    /// <summary>It may be asked all the same, after all others.</summary>
    public bool IsLastResort => Reason >= ExclusionReason.Quota;

    public static string WordOf(ExclusionReason reason) => Names[(int)reason];
}

/// <summary>What a call may hold that not every model takes.</summary>
internal enum Need
{
    None,
    Images,
    Audio,
    Files,
    Tools,
    JsonSchema,
    Prefill,
}
