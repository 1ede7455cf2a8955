using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Answers;

/// <summary>What of a request decides the answer, whatever wire it came by.</summary>
internal sealed record Prompt
{
    /// <summary>All text of the conversation, whose words are counted as prompt tokens.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>The text of the last user message.</summary>
    public string LastUserText { get; init; } = "";

    /// <summary>Whether the last message carries tool results.</summary>
    public bool EndsWithToolResult { get; init; }

    /// <summary>The most tokens to generate; null for no limit.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The functions that may be called.</summary>
    public IReadOnlyList<Tool> Tools { get; init; } = [];

    /// <summary>Whether a call is forbidden, allowed or demanded.</summary>
    public ToolUse ToolUse { get; init; } = ToolUse.Allowed;

    /// <summary>The names a demanded call has to choose from; empty for all.</summary>
    public IReadOnlyList<string> DemandedTools { get; init; } = [];

    /// <summary>Whether more than one call is allowed.</summary>
    public bool ParallelCalls { get; init; } = true;

    /// <summary>The schema of the answer; null for plain text.</summary>
    public JsonNode? Schema { get; init; }

    /// <summary>How many answers are asked for.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>How many alternatives per token are asked for; null for no log probabilities.</summary>
    public int? LogProbs { get; init; }

    /// <summary>Whether a stream should report usage, where the wire leaves that to the client.</summary>
    public bool StreamUsage { get; init; } = true;

    /// <summary>The prompt's length in tokens: its words, at least one.</summary>
    public int Tokens => Math.Max(1, Texts.Sum(Words.Count));
}

/// <summary>A function the client offers.</summary>
internal sealed record Tool(string Name, JsonNode? Schema);

/// <summary>Whether a call is forbidden, allowed or demanded.</summary>
internal enum ToolUse
{
    Forbidden,
    Allowed,
    Demanded,
}
