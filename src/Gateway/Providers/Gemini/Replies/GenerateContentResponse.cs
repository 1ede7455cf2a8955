using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>
/// What is read of Google's answer, whole or one event of a stream; everything else in it (grounding, citations, safety ratings,
/// code that Google ran) has no place in OpenAI's answer. Source: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse.
/// </summary>
internal sealed class GenerateContentResponse
{
    public List<Candidate?>? Candidates { get; set; }

    public PromptFeedback? PromptFeedback { get; set; }

    public UsageMetadata? UsageMetadata { get; set; }

    /// <summary>In place of all the others, also under the status 200.</summary>
    public JsonElement? Error { get; set; }
}

internal sealed class Candidate
{
    public int Index { get; set; }

    public CandidateContent? Content { get; set; }

    public string? FinishReason { get; set; }

    public LogprobsResult? LogprobsResult { get; set; }
}

internal sealed class CandidateContent
{
    public List<Part?>? Parts { get; set; }
}

internal sealed class Part
{
    public string? Text { get; set; }

    /// <summary>The text is a summary of thoughts.</summary>
    public bool? Thought { get; set; }

    public string? ThoughtSignature { get; set; }

    public FunctionCallPart? FunctionCall { get; set; }

    public Blob? InlineData { get; set; }
}

internal sealed class FunctionCallPart
{
    public string? Id { get; set; }

    public string? Name { get; set; }

    public JsonElement? Args { get; set; }
}

internal sealed class Blob
{
    public string? MimeType { get; set; }

    /// <summary>Base64.</summary>
    public string? Data { get; set; }
}

internal sealed class PromptFeedback
{
    public string? BlockReason { get; set; }
}

internal sealed class LogprobsResult
{
    public List<TopCandidates?>? TopCandidates { get; set; }

    public List<TokenCandidate?>? ChosenCandidates { get; set; }
}

internal sealed class TopCandidates
{
    public List<TokenCandidate?>? Candidates { get; set; }
}

internal sealed class TokenCandidate
{
    public string? Token { get; set; }

    public double LogProbability { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals,
    MaxDepth = 64)]
[JsonSerializable(typeof(GenerateContentResponse))]
[JsonSerializable(typeof(List<GenerateContentResponse>))]
internal sealed partial class GeminiJson : JsonSerializerContext;
