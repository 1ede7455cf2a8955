using Tollgate.Conversation;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>Google's count of tokens. Source: https://ai.google.dev/api/generate-content#UsageMetadata.</summary>
internal sealed class UsageMetadata
{
    public long PromptTokenCount { get; set; }

    /// <summary>Part of <see cref="PromptTokenCount"/>.</summary>
    public long CachedContentTokenCount { get; set; }

    /// <summary>What Google's own tools put into the prompt; not part of <see cref="PromptTokenCount"/>.</summary>
    public long ToolUsePromptTokenCount { get; set; }

    /// <summary>The answer without its thoughts.</summary>
    public long CandidatesTokenCount { get; set; }

    public long ThoughtsTokenCount { get; set; }

    public List<ModalityTokenCount?>? PromptTokensDetails { get; set; }

    public List<ModalityTokenCount?>? CandidatesTokensDetails { get; set; }

    public List<ModalityTokenCount?>? CacheTokensDetails { get; set; }

    /// <summary>Null for metadata that counts nothing, as Vertex sends before the last event.</summary>
    public TokenUsage? ToUsage()
    {
        var prompt = PromptTokenCount + ToolUsePromptTokenCount;
        var completion = CandidatesTokenCount + ThoughtsTokenCount;
        if (prompt + completion <= 0)
        {
            return null;
        }
        return new TokenUsage
        {
            Prompt = prompt,
            CacheRead = Math.Min(CachedContentTokenCount, prompt),
            PromptAudio = Sum(PromptTokensDetails, "AUDIO"),
            CacheReadAudio = Sum(CacheTokensDetails, "AUDIO"),
            PromptImage = Sum(PromptTokensDetails, "IMAGE"),
            Completion = completion,
            Reasoning = ThoughtsTokenCount,
            CompletionAudio = Sum(CandidatesTokensDetails, "AUDIO"),
            CompletionImage = Sum(CandidatesTokensDetails, "IMAGE"),
        };
    }

    private static long Sum(List<ModalityTokenCount?>? details, string modality) =>
        details?.Where(detail => detail?.Modality == modality).Sum(detail => detail!.TokenCount) ?? 0;
}

internal sealed class ModalityTokenCount
{
    public string? Modality { get; set; }

    public long TokenCount { get; set; }
}
