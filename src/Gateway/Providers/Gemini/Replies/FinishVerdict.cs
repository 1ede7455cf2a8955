using Tollgate.Conversation;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>What one of Google's finish reasons means. Source: https://ai.google.dev/api/generate-content#FinishReason.</summary>
/// <param name="Reason">One of <see cref="FinishReasons"/>.</param>
/// <param name="Native">Google's word where <paramref name="Reason"/> does not say it all.</param>
/// <param name="Broken">The model failed to say what it meant to: another attempt may do better.</param>
internal readonly record struct FinishVerdict(string Reason, string? Native, bool Broken)
{
    public static FinishVerdict Of(string native, bool calledTools) => native switch
    {
        "STOP" => new(calledTools ? FinishReasons.ToolCalls : FinishReasons.Stop, null, Broken: false),
        "MAX_TOKENS" => new(FinishReasons.Length, null, Broken: false),
        "SAFETY" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "RECITATION" or "LANGUAGE" or "MODEL_ARMOR"
            or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION" or "IMAGE_OTHER" or "NO_IMAGE" =>
            new(FinishReasons.ContentFilter, native, Broken: false),
        "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" or "MALFORMED_RESPONSE" or "MISSING_THOUGHT_SIGNATURE" =>
            new(FinishReasons.Stop, native, Broken: true),
        _ => new(FinishReasons.Stop, native, Broken: false),
    };
}
