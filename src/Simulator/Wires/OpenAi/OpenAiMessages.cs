using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>Reads the messages of a chat completion request.</summary>
internal static class OpenAiMessages
{
    /// <summary>Whether the message has the role.</summary>
    public static bool HasRole(JsonNode? message, string role) =>
        string.Equals(message.At("role").Text(), role, StringComparison.Ordinal);

    /// <summary>The message's text parts, one to a line.</summary>
    public static string Text(JsonNode? message) =>
        message.At("content").Text() ?? string.Join('\n', message.At("content").Items().Select(p => p.At("text").Text()).OfType<string>());

    /// <summary>Checks that tool messages and the calls they answer belong together.</summary>
    /// <exception cref="RejectedException">They do not, or a role is unknown.</exception>
    public static void Check(JsonArray messages)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"messages.[{i}]");
            var role = messages[i].At("role").Text();
            if (role is not ("system" or "developer" or "user" or "assistant" or "tool" or "function"))
                throw RejectedException.Invalid($"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", path + ".role");
            if (HasRole(messages[i], "tool"))
            {
                if (!open.Remove(messages[i].At("tool_call_id").Text() ?? ""))
                    throw RejectedException.Invalid("Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", path + ".role");
                continue;
            }

            RequireAnswered(open, path);
            foreach (var id in messages[i].At("tool_calls").Items().Select(c => c.At("id").Text()).OfType<string>())
                open.Add(id);
        }

        RequireAnswered(open, "messages");
    }

    private static void RequireAnswered(HashSet<string> open, string path)
    {
        if (open.Count > 0)
            throw RejectedException.Invalid($"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}", path);
    }
}
