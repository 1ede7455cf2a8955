using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.Anthropic;

/// <summary>Reads the messages and checks the API's rules about them.</summary>
internal static class AnthropicMessages
{
    public static bool IsUser(JsonNode? message) => message.At("role").Text() is "user";

    public static bool IsBlock(JsonNode? block, string type) =>
        string.Equals(block.At("type").Text(), type, StringComparison.Ordinal);

    /// <summary>The text of a content, which may be a string or blocks, those inside tool results included.</summary>
    public static string Text(JsonNode? content) =>
        content.Text() ?? string.Join('\n', content.Items().Select(b => b.At("text").Text() ?? Text(b.At("content"))));

    /// <summary>The messages of the body, once they satisfy the rules.</summary>
    /// <exception cref="RejectedException">They do not.</exception>
    public static JsonArray Check(JsonObject body)
    {
        if (body["messages"] is not JsonArray { Count: > 0 } messages)
            throw RejectedException.Invalid("messages: at least one message is required");
        AnthropicRules.Require(IsUser(messages[0]), "messages: first message must use the \"user\" role");
        CheckText(body["system"], "system");

        var calls = new List<string>();
        for (var i = 0; i < messages.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"messages.{i}");
            var role = messages[i].At("role").Text();
            AnthropicRules.Require(role is "user" or "assistant", $"{path}: Input should be 'user' or 'assistant', not '{role}'");
            CheckContent(messages[i].At("content"), path, isLastAssistant: i == messages.Count - 1 && role is "assistant");
            CheckResults(messages[i], path, calls);
            calls = [.. Ids(messages[i], "tool_use", "id")];
        }

        AnthropicRules.Require(calls.Count == 0, Unanswered("messages", calls));
        return messages;
    }

    private static void CheckContent(JsonNode? content, string path, bool isLastAssistant)
    {
        AnthropicRules.Require(content.Text() is { Length: > 0 } || content is JsonArray { Count: > 0 }
            || (isLastAssistant && content is not null), $"{path}: all messages must have non-empty content except for the optional final assistant message");
        CheckText(content, path);
        var last = content.Text() ?? content.Items().LastOrDefault().At("text").Text();
        AnthropicRules.Require(!isLastAssistant || last is not { Length: > 0 } || !char.IsWhiteSpace(last[^1]),
            $"{path}: final assistant content cannot end with trailing whitespace");
    }

    private static void CheckText(JsonNode? content, string path)
    {
        foreach (var block in content.Items())
            AnthropicRules.Require(!IsBlock(block, "text") || !string.IsNullOrEmpty(block.At("text").Text()), $"{path}: text content blocks must be non-empty");
    }

    // All results of a turn's calls stand in the very next message, in front of anything else.
    private static void CheckResults(JsonNode? message, string path, List<string> calls)
    {
        var leading = message.At("content").Items().TakeWhile(b => IsBlock(b, "tool_result")).Count();
        var results = Ids(message, "tool_result", "tool_use_id").ToList();
        foreach (var id in results)
            AnthropicRules.Require(calls.Contains(id, StringComparer.Ordinal), $"{path}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
        var missing = calls.Except(results.Take(leading), StringComparer.Ordinal).ToList();
        AnthropicRules.Require(missing.Count == 0, Unanswered(path, missing));
    }

    private static IEnumerable<string> Ids(JsonNode? message, string type, string name) =>
        message.At("content").Items().Where(b => IsBlock(b, type)).Select(b => b.At(name).Text() ?? "");

    private static string Unanswered(string path, List<string> ids) =>
        $"{path}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", ids)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.";
}
