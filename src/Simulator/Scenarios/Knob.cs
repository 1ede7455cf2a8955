namespace Tollgate.Simulator.Scenarios;

/// <summary>One thing a scenario can change about a reply. The tokens that set them are in <see cref="ScenarioTokens"/>.</summary>
internal enum Knob
{
    Chunks,
    ChunkBytes,
    FirstDelay,
    ChunkDelay,
    Tools,
    Think,
    Echo,
    MultiByte,
    CachedTokens,
    ContextWindow,
    RetryAfter,
    Gzip,
    CarriageReturns,
    Comments,
    BigLine,
    TinyPieces,

    Status,
    Reset,
    Hang,
    Silent,
    Cut,
    End,
    Stall,
    Malformed,
    ErrorEvent,
    ErrorInSuccess,
    NoDone,
    NoUsage,
    Html,
    HtmlInSuccess,
    Filter,
    Block,
    Length,
    Quota,
    Overflow,

    FailingRequests,
}
