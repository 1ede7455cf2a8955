using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// Writes <c>contents</c>, where the roles user and model alternate, and <c>systemInstruction</c>.
/// Neighbours of one role become one content; a message without anything to say becomes none.
/// </summary>
internal sealed class ContentsWriter(RequestScope scope)
{
    private const string User = "user";
    private const string Model = "model";

    private readonly ToolStep step = new();
    private string? role;

    public void Write()
    {
        scope.Json.WriteStartArray("contents");
        for (var i = 0; i < scope.Request.Messages.Count; i++)
        {
            WriteMessage(scope.Request.Messages[i], i);
        }
        WriteResults();
        var instructions = SystemTexts();
        var instructed = role is not null && instructions.Count > 0;
        if (role is null)
        {
            WriteAsPrompt(instructions);
        }
        scope.Json.WriteEndArray();
        scope.Json.WriteEndObject();
        scope.Json.WriteEndArray();
        if (instructed)
        {
            scope.Json.WriteStartObject("systemInstruction");
            scope.Json.WriteStartArray("parts");
            WriteTexts(instructions);
            scope.Json.WriteEndArray();
            scope.Json.WriteEndObject();
        }
    }

    private void WriteMessage(ChatMessage message, int index)
    {
        var at = $"messages[{index}]";
        DropUnmapped(message);
        switch (message.Role)
        {
            case "system" or "developer":
                return;
            case "tool":
                step.Answer(message, at);
                return;
            case "user":
                WriteResults();
                new MessageParts(scope, Opened(User)).Write(message, at);
                return;
            case "assistant":
                WriteResults();
                new MessageParts(scope, Opened(Model)).Write(message, at);
                step.Open(message, at);
                return;
            default:
                throw CallerErrorException.Invalid("The role 'function' is deprecated and not served by this model: use 'tool'.", $"{at}.role", "unsupported_value");
        }
    }

    /// <summary>Opens a content of <paramref name="wanted"/> with the first part that is written.</summary>
    private Action Opened(string wanted) => () =>
    {
        if (role == wanted)
        {
            return;
        }
        if (role is not null)
        {
            scope.Json.WriteEndArray();
            scope.Json.WriteEndObject();
        }
        role = wanted;
        scope.Json.WriteStartObject();
        scope.Json.WriteString("role", wanted);
        scope.Json.WriteStartArray("parts");
    };

    private void WriteResults()
    {
        var results = step.Close();
        if (results.Count > 0)
        {
            Opened(User)();
            new ToolResults(scope).Write(results);
        }
    }

    /// <summary>Gemini refuses a request without contents: instructions that come alone are the prompt.</summary>
    private void WriteAsPrompt(List<string> instructions)
    {
        if (instructions.Count == 0)
        {
            throw CallerErrorException.Invalid("'messages' must hold some content.", "messages", "invalid_value");
        }
        Opened(User)();
        WriteTexts(instructions);
    }

    private void WriteTexts(List<string> texts)
    {
        foreach (var text in texts)
        {
            scope.Json.WriteStartObject();
            scope.Json.WriteString("text", text);
            scope.Json.WriteEndObject();
        }
    }

    private List<string> SystemTexts()
    {
        var texts = new List<string>();
        for (var i = 0; i < scope.Request.Messages.Count; i++)
        {
            var message = scope.Request.Messages[i];
            if (message.Role is not ("system" or "developer"))
            {
                continue;
            }
            for (var j = 0; j < message.Content?.Parts?.Count; j++)
            {
                if (message.Content.Parts[j].Type != "text")
                {
                    throw CallerErrorException.Invalid("System messages hold text only.", $"messages[{i}].content[{j}]", "invalid_value");
                }
            }
            texts.AddRange(message.Content?.Text is { } text ? [text] : message.Content?.Parts?.Select(part => part.Text!) ?? []);
        }
        texts.RemoveAll(string.IsNullOrEmpty);
        return texts;
    }

    /// <summary>
    /// Names without an index keep the report short however long the conversation is. What a client echoes of an earlier reply
    /// (reasoning, another provider's thinking blocks) is no parameter, and a tool message's name is found by its call's id.
    /// </summary>
    private void DropUnmapped(ChatMessage message)
    {
        if (message.Name is not null && message.Role is not "tool")
        {
            scope.Translation.Drop("messages[].name", "Gemini does not tell participants apart.");
        }
        if (message.CacheControl is not null
            || message.Content?.Parts?.Exists(part => part.CacheControl is not null) == true
            || message.ToolCalls?.Exists(call => call.CacheControl is not null) == true)
        {
            scope.Translation.Drop("messages[].cache_control", "Gemini caches prompts by itself.");
        }
        if (message.Audio is { ValueKind: not JsonValueKind.Null })
        {
            scope.Translation.Drop("messages[].audio", "Gemini cannot refer to an earlier spoken answer.");
        }
        scope.DropExtra(message.Extra, "messages[].");
    }
}
