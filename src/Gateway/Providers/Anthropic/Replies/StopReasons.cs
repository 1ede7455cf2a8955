using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>Anthropic's stop reasons in OpenAI's five words. Source: https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons.</summary>
internal static class StopReasons
{
    public const string Refusal = "refusal";

    private const string DefaultRefusal = "The model refused to answer.";

    /// <summary>The word for the caller, and Anthropic's own where that one says less.</summary>
    public static (string Reason, string? Native) Read(string? stopReason) => stopReason switch
    {
        null or "end_turn" or "stop_sequence" => (FinishReasons.Stop, null),
        "max_tokens" => (FinishReasons.Length, null),
        "model_context_window_exceeded" => (FinishReasons.Length, stopReason),
        "tool_use" => (FinishReasons.ToolCalls, null),
        Refusal => (FinishReasons.ContentFilter, stopReason),
        _ => (FinishReasons.Stop, stopReason),
    };

    /// <summary>The text for <c>message.refusal</c>; null when nothing was refused.</summary>
    public static string? RefusalOf(string? stopReason, StopDetails? details) =>
        stopReason != Refusal ? null : string.IsNullOrEmpty(details?.Explanation) ? DefaultRefusal : details.Explanation;
}
