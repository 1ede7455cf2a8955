using System.Text.Json;

namespace Tollgate.Conversation;

/// <summary>One piece of a streamed answer for one choice.</summary>
internal sealed class ChatDelta
{
    public int Choice { get; init; }

    public ReplyMessage Message { get; } = new();

    /// <summary>Set on the last delta of a choice: one of <see cref="FinishReasons"/>.</summary>
    public string? FinishReason { get; set; }

    public string? NativeFinishReason { get; set; }

    public JsonElement? Logprobs { get; set; }
}
