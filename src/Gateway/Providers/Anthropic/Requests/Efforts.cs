using Tollgate.Catalogue;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>OpenAI's words for how hard to think, and what Anthropic makes of them.</summary>
internal static class Efforts
{
    private static readonly string[] FromWeakest = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    // What every model with efforts takes; a budget is ours to size, so there each word has one.
    private static readonly string[] Common = ["low", "medium", "high"];

    /// <summary>The caller's word, null where none was given.</summary>
    /// <exception cref="CallerErrorException">Not a word of OpenAI's.</exception>
    public static string? Checked(string? effort) => effort is null || FromWeakest.Contains(effort)
        ? effort
        : throw CallerErrorException.Invalid($"'reasoning_effort' must be one of {string.Join(", ", FromWeakest)}.", "reasoning_effort", "invalid_value");

    /// <summary>
    /// The strongest effort that the model takes and that is no stronger than asked, else its weakest.
    /// <c>minimal</c> is Anthropic's <c>low</c>; any other change is reported.
    /// </summary>
    public static string Fit(string asked, ModelProfile model, Translation translation)
    {
        var wanted = asked == "minimal" ? "low" : asked;
        var taken = model.Efforts.Where(effort => effort is not ("none" or "minimal")).ToList();
        if (taken.Count == 0)
        {
            taken = [.. model.Thinking == ThinkingStyle.Budget ? FromWeakest[2..] : Common];
        }
        var best = taken.FindLast(effort => Rank(effort) <= Rank(wanted)) ?? taken[0];
        if (best != wanted)
        {
            translation.Drop("reasoning_effort", $"This model takes {string.Join(", ", taken)}; '{best}' was sent.");
        }
        return best;
    }

    /// <summary>Tokens to think with, for models that take a budget. Anthropic sees little gain beyond 32k.</summary>
    public static long BudgetOf(string effort) => effort switch
    {
        "low" => 1_024,
        "medium" => 4_096,
        "high" => 16_384,
        _ => 32_768,
    };

    private static int Rank(string effort) => Array.IndexOf(FromWeakest, effort);
}
