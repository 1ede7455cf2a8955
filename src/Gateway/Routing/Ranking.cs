namespace Tollgate.Routing;

/// <summary>The orders of the strategies.</summary>
internal static class Ranking
{
    private delegate bool Before(in Candidate left, in Candidate right);

    /// <summary>Orders the targets of a tier that may be asked, which stand as listed.</summary>
    public static void Rank(Strategy strategy, Span<Candidate> tier, Random random)
    {
        switch (strategy)
        {
            case Strategy.Priority:
                break;
            case Strategy.LowestLatency:
                DrawTwo(tier, random);
                break;
            case Strategy.Weighted:
                Sort(tier, static (in Candidate left, in Candidate right) => left.Score < right.Score);
                break;
            default:
                Sort(tier, static (in Candidate left, in Candidate right) => left.IsBefore(right));
                break;
        }
    }

    /// <summary>Orders targets as the model lists them.</summary>
    public static void AsListed(Span<Candidate> targets) => Sort(targets, static (in Candidate left, in Candidate right) => left.IsListedBefore(right));

    /// <summary>
    /// The better of two that are drawn, again and again: nearly as good as the best of all, and callers that decide at the same moment do not all
    /// run to the same target. Source: Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001.
    /// </summary>
    private static void DrawTwo(Span<Candidate> tier, Random random)
    {
        for (var i = 0; i < tier.Length - 1; i++)
        {
            var one = i + random.Next(tier.Length - i);
            var other = i + random.Next(tier.Length - i - 1);
            other += other >= one ? 1 : 0;
            var better = tier[other].IsBefore(tier[one]) ? other : one;
            (tier[i], tier[better]) = (tier[better], tier[i]);
        }
    }

    /// <summary>By insertion: tiers are short.</summary>
    private static void Sort(Span<Candidate> tier, Before isBefore)
    {
        for (var i = 1; i < tier.Length; i++)
        {
            var moving = tier[i];
            var j = i;
            for (; j > 0 && isBefore(moving, tier[j - 1]); j--)
            {
                tier[j] = tier[j - 1];
            }
            tier[j] = moving;
        }
    }
}
