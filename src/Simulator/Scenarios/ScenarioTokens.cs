using System.Collections.Frozen;

namespace Tollgate.Simulator.Scenarios;

/// <summary>The vocabulary: which word sets which knob, and whether a number belongs to it.</summary>
internal static class ScenarioTokens
{
    /// <summary>Words that are whole tokens although they end in a digit, or take no number.</summary>
    public static readonly FrozenDictionary<string, Knob> Plain = new Dictionary<string, Knob>(StringComparer.Ordinal)
    {
        ["think"] = Knob.Think,
        ["echo"] = Knob.Echo,
        ["utf8"] = Knob.MultiByte,
        ["gzip"] = Knob.Gzip,
        ["crlf"] = Knob.CarriageReturns,
        ["comments"] = Knob.Comments,
        ["bigline"] = Knob.BigLine,
        ["split1"] = Knob.TinyPieces,
        ["reset"] = Knob.Reset,
        ["hang"] = Knob.Hang,
        ["silent"] = Knob.Silent,
        ["err200"] = Knob.ErrorInSuccess,
        ["nodone"] = Knob.NoDone,
        ["nousage"] = Knob.NoUsage,
        ["html"] = Knob.Html,
        ["html200"] = Knob.HtmlInSuccess,
        ["filter"] = Knob.Filter,
        ["block"] = Knob.Block,
        ["length"] = Knob.Length,
        ["quota"] = Knob.Quota,
        ["overflow"] = Knob.Overflow,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Words that are followed by a number.</summary>
    public static readonly FrozenDictionary<string, Knob> Numbered = new Dictionary<string, Knob>(StringComparer.Ordinal)
    {
        ["c"] = Knob.Chunks,
        ["s"] = Knob.ChunkBytes,
        ["t"] = Knob.FirstDelay,
        ["d"] = Knob.ChunkDelay,
        ["tool"] = Knob.Tools,
        ["cached"] = Knob.CachedTokens,
        ["ctx"] = Knob.ContextWindow,
        ["ra"] = Knob.RetryAfter,
        ["f"] = Knob.Status,
        ["cut"] = Knob.Cut,
        ["end"] = Knob.End,
        ["stall"] = Knob.Stall,
        ["bad"] = Knob.Malformed,
        ["err"] = Knob.ErrorEvent,
        ["xfail"] = Knob.FailingRequests,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the knob makes a reply go wrong, so that it may be limited to the first K requests.</summary>
    public static bool IsFault(Knob knob) => knob is >= Knob.Status and < Knob.FailingRequests;
}
