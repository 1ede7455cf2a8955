using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Providers.Gemini.Replies;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Writes the id and name by which a call and its result are matched.</summary>
internal static class CallIdentity
{
    public static void Write(RequestScope scope, ToolCall call, ChatMessage caller)
    {
        if (call.Id is not null && (scope.Platform == GeminiPlatform.GeminiApi || IsVertexOwn(scope, call.Id, caller)))
        {
            scope.Json.WriteString("id", call.Id);
        }
        scope.Json.WriteString("name", NameOf(call));
    }

    /// <summary>
    /// Vertex took no ids (400 "Unknown name id") until it began to give them out itself, model by model: only an id that
    /// this very origin gave out goes back to it. Source: https://github.com/anomalyco/opencode/pull/50504.
    /// </summary>
    private static bool IsVertexOwn(RequestScope scope, string id, ChatMessage caller) =>
        ReplyOrigin.Of(caller.ExtraContent) == scope.Origin && !CallIds.IsMinted(id);

    private static string NameOf(ToolCall call) =>
        call.Function?.Name ?? (call.Custom is { ValueKind: JsonValueKind.Object } custom && custom.TryGetProperty("name", out var name) ? name.ToString() : "");
}
