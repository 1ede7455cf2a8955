using System.Text.Json;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>An answer, whole or as <c>message_start</c> carries it; or an error under the same roof.</summary>
internal sealed class MessageBody
{
    public string? Type { get; set; }

    /// <summary>Kept as elements, since thinking blocks are handed on byte for byte.</summary>
    public List<JsonElement>? Content { get; set; }

    public string? StopReason { get; set; }

    public StopDetails? StopDetails { get; set; }

    public UsageBody? Usage { get; set; }

    public ErrorDetail? Error { get; set; }
}

/// <summary>Why an answer was refused.</summary>
internal sealed class StopDetails
{
    public string? Explanation { get; set; }
}
