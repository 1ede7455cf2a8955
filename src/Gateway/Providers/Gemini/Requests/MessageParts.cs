using Tollgate.Catalogue;
using Tollgate.Conversation;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Writes the parts of one user or assistant message. <paramref name="open"/> is called before each part.</summary>
internal sealed class MessageParts(RequestScope scope, Action open)
{
    public void Write(ChatMessage message, string at)
    {
        var ours = ReplyOrigin.Allows(message.ExtraContent, scope.Origin);
        WriteContent(message, at, ours);
        if (message.Refusal is { Length: > 0 } refusal)
        {
            WriteText(refusal, signature: null);
        }
        WriteCalls(message, at, ours);
    }

    /// <summary>
    /// The signature of a message's text belongs to its last text part. Google streams it with an empty text at times;
    /// then it goes back with an empty text.
    /// </summary>
    private void WriteContent(ChatMessage message, string at, bool ours)
    {
        var signature = ours && message.Role == "assistant" ? ThoughtSignatures.Of(message.ExtraContent) : null;
        var parts = message.Content?.Parts;
        var last = parts?.FindLastIndex(part => part.Type == "text") ?? -1;
        for (var i = 0; i < parts?.Count; i++)
        {
            var own = ours ? ThoughtSignatures.Of(parts[i].ExtraContent) : null;
            WritePart(parts[i], $"{at}.content[{i}]", own ?? (i == last ? signature : null));
        }
        if (last < 0)
        {
            WriteText(message.Content?.Text ?? "", signature);
        }
    }

    private void WritePart(ContentPart part, string at, string? signature)
    {
        if (part.Type is "text" or "refusal")
        {
            WriteText(part.Type == "text" ? part.Text! : part.Refusal!, signature);
        }
        else
        {
            open();
            MediaPart.Write(scope, part, at);
        }
        scope.DropExtra(part.Extra, "messages[].content[].");
    }

    private void WriteText(string text, string? signature)
    {
        if (text.Length == 0 && signature is null)
        {
            return;
        }
        open();
        scope.Json.WriteStartObject();
        scope.Json.WriteString("text", text);
        WriteSignature(signature);
        scope.Json.WriteEndObject();
    }

    private void WriteCalls(ChatMessage message, string at, bool ours)
    {
        for (var i = 0; i < message.ToolCalls?.Count; i++)
        {
            var call = message.ToolCalls[i];
            var callAt = $"{at}.tool_calls[{i}]";
            open();
            scope.Json.WriteStartObject();
            scope.Json.WriteStartObject("functionCall");
            CallIdentity.Write(scope, call, message);
            scope.Json.WritePropertyName("args");
            CallArguments.Write(scope.Json, call, callAt);
            scope.Json.WriteEndObject();
            WriteSignature((ours ? ThoughtSignatures.Of(call.ExtraContent) : null) ?? Substitute(i));
            scope.Json.WriteEndObject();
        }
    }

    /// <summary>
    /// Gemini 3 signs the first call of a step and refuses a step without; calls that it did not make,
    /// or whose signature the client lost, carry the documented skip value instead.
    /// </summary>
    private string? Substitute(int position) =>
        position == 0 && scope.Model.Thinking == ThinkingStyle.Level ? ThoughtSignatures.Skip : null;

    private void WriteSignature(string? signature)
    {
        if (signature is not null)
        {
            scope.Json.WriteString("thoughtSignature", signature);
        }
    }
}
