namespace Tollgate.Simulator.Answers;

/// <summary>What the model says, already cut to the token limit; each wire only has to spell it.</summary>
internal sealed record Answer
{
    public required Prompt Prompt { get; init; }

    /// <summary>The model's name as the client wrote it.</summary>
    public required string Model { get; init; }

    /// <summary>Hash of model and request that all ids are made from.</summary>
    public required string Seed { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The reasoning's tokens.</summary>
    public required IReadOnlyList<string> Reasoning { get; init; }

    /// <summary>The text's tokens.</summary>
    public required IReadOnlyList<string> Text { get; init; }

    public required IReadOnlyList<ToolCall> Calls { get; init; }

    public required Finish Finish { get; init; }

    /// <summary>Tokens of the prompt that count as read from a cache.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Whether usage may be told at all.</summary>
    public bool ShowUsage { get; init; } = true;

    /// <summary>Whether a stream ends in its wire's closing mark, where it has one besides the finish.</summary>
    public bool ShowDone { get; init; } = true;

    public string ReasoningText => string.Concat(Reasoning);

    public string FullText => string.Concat(Text);

    /// <summary>Tokens of one choice, reasoning included.</summary>
    public int TokensPerChoice => Reasoning.Count + Text.Count + Calls.Sum(c => c.Fragments.Count);

    /// <summary>Generated tokens over all choices, reasoning included.</summary>
    public int CompletionTokens => TokensPerChoice * Prompt.Choices;

    /// <summary>Reasoning tokens over all choices.</summary>
    public int ReasoningTokens => Reasoning.Count * Prompt.Choices;

    public int TotalTokens => Prompt.Tokens + CompletionTokens;

    /// <summary>The id of something in this answer, the same for the same request.</summary>
    public string Id(string prefix, int length, int salt = 0) => Ids.Make(prefix, Seed, salt, length);
}

/// <summary>A call, whose argument fragments are tokens; together they are not whole JSON if the limit cut them.</summary>
internal sealed record ToolCall(string Name, IReadOnlyList<string> Fragments, bool Whole)
{
    public string Arguments => string.Concat(Fragments);
}

/// <summary>Why an answer ends.</summary>
internal enum Finish
{
    Stop,
    Length,
    ToolCalls,
    Filter,
    Blocked,
}
