using System.Text.Json;

namespace Tollgate.Conversation;

/// <summary>A call of a tool, in a request's history, in a reply, or (with <see cref="Index"/>) as a fragment of a stream.</summary>
internal sealed class ToolCall
{
    /// <summary>Position among the calls of a message; only in stream deltas: 0, 1, 2, …</summary>
    public int? Index { get; set; }

    public string? Id { get; set; }

    public string? Type { get; set; }

    public FunctionCall? Function { get; set; }

    public JsonElement? Custom { get; set; }

    /// <summary>Gemini's thought signature travels here: <c>{"google":{"thought_signature":"…"}}</c>.</summary>
    public JsonElement? ExtraContent { get; set; }

    public JsonElement? CacheControl { get; set; }
}

internal sealed class FunctionCall
{
    public string? Name { get; set; }

    /// <summary>JSON as text; in a stream a fragment of it.</summary>
    public string? Arguments { get; set; }
}
