using System.Text.Json;

namespace Tollgate.Conversation;

/// <summary>The finish reasons of an answer, one for each choice, in the order in which they came. Allocates nothing for a single one.</summary>
internal struct FinishReasonList
{
    private string? first;
    private List<string>? more;

    public readonly int Count => first is null ? 0 : 1 + (more?.Count ?? 0);

    public void Add(string reason)
    {
        if (first is null)
        {
            first = reason;
            return;
        }
        (more ??= []).Add(reason);
    }

    public void Add(in FinishReasonList others)
    {
        if (others.first is { } reason)
        {
            Add(reason);
            foreach (var other in others.more ?? [])
            {
                Add(other);
            }
        }
    }

    /// <summary>Adds a finish reason that an upstream wrote: of its own words none is kept.</summary>
    public void Add(in Utf8JsonReader reason) => Add(
        reason.ValueTextEquals("stop"u8) ? FinishReasons.Stop
        : reason.ValueTextEquals("length"u8) ? FinishReasons.Length
        : reason.ValueTextEquals("tool_calls"u8) ? FinishReasons.ToolCalls
        : reason.ValueTextEquals("content_filter"u8) ? FinishReasons.ContentFilter
        : FinishReasons.Other);

    /// <summary>There is one, and none is another.</summary>
    public readonly bool AreAll(string reason) => first == reason && more?.TrueForAll(other => other == reason) != false;

    public readonly string[] ToArray() => first is null ? [] : [first, .. more ?? []];
}
