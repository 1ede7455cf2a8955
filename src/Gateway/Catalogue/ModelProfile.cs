namespace Tollgate.Catalogue;

/// <summary>What a model takes as input or can do.</summary>
[Flags]
internal enum Capabilities
{
    None = 0,
    Tools = 1,
    Vision = 2,
    Pdf = 4,
    Audio = 8,
    JsonSchema = 16,
    Reasoning = 32,

    /// <summary>Accepts a trailing assistant message and continues it.</summary>
    Prefill = 64,

    /// <summary>Fetches https image URLs by itself.</summary>
    UrlImages = 128,
}

/// <summary>How a model is told to think.</summary>
internal enum ThinkingStyle
{
    None,

    /// <summary>OpenAI: <c>reasoning_effort</c>.</summary>
    Effort,

    /// <summary>Claude with <c>output_config.effort</c>.</summary>
    Adaptive,

    /// <summary>A budget in tokens: older Claude (<c>thinking.budget_tokens</c>), Gemini 2.5 (<c>thinkingBudget</c>).</summary>
    Budget,

    /// <summary>Gemini 3: <c>thinkingLevel</c>.</summary>
    Level,
}

/// <summary>A model as its provider serves it: the catalogue's entry with a deployment's overrides.</summary>
internal sealed record ModelProfile
{
    public const string UnknownFamily = "unknown";

    /// <summary>The model's id on the upstream's wire.</summary>
    public required string Model { get; init; }

    /// <summary>gpt, o, claude, gemini, …; <c>unknown</c> for a model the catalogue does not list.</summary>
    public string Family { get; init; } = UnknownFamily;

    /// <summary>Tokens of prompt and answer together.</summary>
    public int ContextWindow { get; init; }

    /// <summary>Tokens an answer may have at the most.</summary>
    public int MaxOutput { get; init; }

    /// <summary>Left to itself the upstream may write more than <see cref="MaxOutput"/>: the model is not listed, or its deployment is held to less.</summary>
    public bool MayExceedMaxOutput { get; init; }

    public Capabilities Capabilities { get; init; }

    /// <summary>The wire wants <c>max_completion_tokens</c> and refuses <c>max_tokens</c>.</summary>
    public bool NeedsMaxCompletionTokens { get; init; }

    /// <summary>False for models that refuse temperature, top_p and top_k.</summary>
    public bool TakesSampling { get; init; } = true;

    public ThinkingStyle Thinking { get; init; }

    /// <summary>
    /// Efforts the model accepts, weakest first; empty where not documented. <c>none</c> is listed where thinking can
    /// be turned off: a Claude with a list that lacks it always thinks.
    /// </summary>
    public IReadOnlyList<string> Efforts { get; init; } = [];

    /// <summary>Gemini: the model takes <c>parametersJsonSchema</c>; else only the older OpenAPI subset.</summary>
    public bool TakesJsonSchema { get; init; } = true;

    /// <summary>Null where nobody says what it costs: then it is free.</summary>
    public PriceBook? Prices { get; init; }

    public bool Can(Capabilities capability) => (Capabilities & capability) == capability;
}
