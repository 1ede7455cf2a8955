using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// The calls of one assistant message and the results that follow it. Gemini takes a step only whole: as many
/// <c>functionResponse</c> parts as there were calls, in one content. Results are put into the order of the calls,
/// because models that do not know ids match them by it.
/// </summary>
internal sealed class ToolStep
{
    private readonly List<ToolResult> open = [];

    /// <summary>Starts a step with the calls of an assistant message at <paramref name="at"/>.</summary>
    public void Open(ChatMessage caller, string at)
    {
        for (var i = 0; i < caller.ToolCalls?.Count; i++)
        {
            open.Add(new ToolResult(caller, caller.ToolCalls[i], $"{at}.tool_calls[{i}]"));
        }
    }

    /// <exception cref="CallerErrorException">No call of this step has the id, or it was answered before.</exception>
    public void Answer(ChatMessage message, string at)
    {
        var result = open.Find(candidate => candidate.Answer is null && candidate.Call.Id == message.ToolCallId)
            ?? throw CallerErrorException.Invalid(
                $"'{at}.tool_call_id' answers no open call of the assistant message before it.", $"{at}.tool_call_id", "invalid_value");
        result.Answer = message;
        result.AnsweredAt = at;
    }

    /// <summary>Ends the step and gives its results in the order of the calls.</summary>
    /// <exception cref="CallerErrorException">A call has no result.</exception>
    public List<ToolResult> Close()
    {
        if (open.Find(result => result.Answer is null) is { } missing)
        {
            throw CallerErrorException.Invalid($"The call '{missing.At}' must be followed by a tool message that answers it.", missing.At, "invalid_value");
        }
        var results = open.ToList();
        open.Clear();
        return results;
    }
}

internal sealed class ToolResult(ChatMessage caller, ToolCall call, string at)
{
    /// <summary>The assistant message that holds the call.</summary>
    public ChatMessage Caller { get; } = caller;

    public ToolCall Call { get; } = call;

    /// <summary>Path of the call.</summary>
    public string At { get; } = at;

    public ChatMessage? Answer { get; set; }

    /// <summary>Path of the message that answers.</summary>
    public string AnsweredAt { get; set; } = "";
}
