namespace Tollgate.Routing;

/// <summary>How the targets of a tier are ordered.</summary>
internal enum Strategy
{
    /// <summary>As listed.</summary>
    Priority,

    /// <summary>By lot, each as likely to be first as its weight says.</summary>
    Weighted,

    /// <summary>The quicker of two that are drawn, calls under way counted.</summary>
    LowestLatency,

    /// <summary>By what this very call is expected to cost.</summary>
    LowestCost,

    /// <summary>By how much room and success they have had lately.</summary>
    MostAvailable,
}

internal static class Strategies
{
    /// <summary>The words in <c>gateway.json</c> and in answers, in the order of <see cref="Strategy"/>.</summary>
    public static readonly string[] Words = ["priority", "weighted", "lowest-latency", "lowest-cost", "most-available"];

    /// <summary>What <see cref="TargetScore"/> counts in, in the order of <see cref="Strategy"/>.</summary>
    public static readonly string[] Units = ["position", "weight", "milliseconds", "micro_usd", "availability"];

    /// <summary>Of a word that is checked; the default where there is none.</summary>
    public static Strategy Of(string? word) => word is null ? Strategy.Priority : (Strategy)Array.IndexOf(Words, word);
}
