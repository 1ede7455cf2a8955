using System.Text.Json;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// Signatures of Gemini's thoughts, as its own OpenAI endpoint carries them: <c>extra_content.google.thought_signature</c>.
/// Source: https://ai.google.dev/gemini-api/docs/thought-signatures.
/// </summary>
internal static class ThoughtSignatures
{
    /// <summary>What Google takes in place of a signature for a call that its model did not make.</summary>
    public const string Skip = "skip_thought_signature_validator";

    public static string? Of(JsonElement? extraContent) =>
        extraContent is { ValueKind: JsonValueKind.Object } content
        && content.TryGetProperty("google", out var google) && google.ValueKind == JsonValueKind.Object
        && google.TryGetProperty("thought_signature", out var signature) && signature.ValueKind == JsonValueKind.String
        && signature.GetString() is { Length: > 0 } text
            ? text
            : null;
}
