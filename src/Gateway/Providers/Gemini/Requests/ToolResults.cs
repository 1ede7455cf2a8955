using Tollgate.Conversation;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// Writes the results of one step: first every <c>functionResponse</c>, then the images and files that came with them,
/// because models before Gemini 3 take no media inside a response.
/// </summary>
internal sealed class ToolResults(RequestScope scope)
{
    public void Write(List<ToolResult> results)
    {
        foreach (var result in results)
        {
            scope.Json.WriteStartObject();
            scope.Json.WriteStartObject("functionResponse");
            CallIdentity.Write(scope, result.Call, result.Caller);
            WriteResponse(result.Answer!);
            scope.Json.WriteEndObject();
            scope.Json.WriteEndObject();
        }
        foreach (var result in results)
        {
            WriteMedia(result);
        }
    }

    /// <summary><c>response</c> is an object; Google's own names for what is not one are <c>output</c> and <c>error</c>.</summary>
    private void WriteResponse(ChatMessage answer)
    {
        var json = scope.Json;
        var text = answer.Content!.AllText();
        json.WritePropertyName("response");
        if (answer.IsError != true && JsonObjectText.TryWrite(json, text))
        {
            return;
        }
        json.WriteStartObject();
        json.WriteString(answer.IsError == true ? "error" : "output", text);
        json.WriteEndObject();
    }

    private void WriteMedia(ToolResult result)
    {
        var parts = result.Answer!.Content!.Parts;
        for (var i = 0; i < parts?.Count; i++)
        {
            if (parts[i].Type is not ("text" or "refusal"))
            {
                MediaPart.Write(scope, parts[i], $"{result.AnsweredAt}.content[{i}]");
            }
        }
    }
}
