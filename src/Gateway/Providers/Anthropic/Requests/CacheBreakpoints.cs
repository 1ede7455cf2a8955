namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>
/// Anthropic takes four cache breakpoints in a request.
/// Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching.
/// </summary>
internal static class CacheBreakpoints
{
    private const int Most = 4;

    /// <summary>
    /// Drops and reports those beyond the limit. The last ones stay: each caches all that stands before it, and the
    /// end of the prompt is where the next request of a conversation goes on.
    /// </summary>
    /// <param name="inPromptOrder">Tools, system blocks, then the turns' blocks.</param>
    /// <param name="automatic">The caller has Anthropic place one breakpoint itself.</param>
    /// <param name="translation">Takes the report.</param>
    public static void Limit(IEnumerable<Cacheable> inPromptOrder, bool automatic, Translation translation)
    {
        var marked = inPromptOrder.Where(piece => piece.CacheControl is not null).ToList();
        var beyond = marked.Count - (automatic ? Most - 1 : Most);
        for (var i = 0; i < beyond; i++)
        {
            translation.Drop("cache_control", "Anthropic takes at most four cache breakpoints.");
            marked[i].CacheControl = null;
        }
    }
}
