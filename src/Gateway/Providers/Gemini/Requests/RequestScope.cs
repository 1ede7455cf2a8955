using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Conversation;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>What every writer of a part of the request needs.</summary>
/// <param name="Request">The caller's request.</param>
/// <param name="Model">The model it goes to.</param>
/// <param name="Platform">Who serves the model.</param>
/// <param name="Origin">The origin whose thought signatures the model can read.</param>
/// <param name="Translation">Takes the report of what is dropped.</param>
/// <param name="Json">The request body.</param>
internal sealed record RequestScope(
    ChatRequest Request, ModelProfile Model, GeminiPlatform Platform, string Origin, Translation Translation, Utf8JsonWriter Json)
{
    /// <summary>Reports members this wire has no word for. A null or an empty list asks for nothing.</summary>
    public void DropExtra(Dictionary<string, JsonElement>? extra, string prefix)
    {
        foreach (var (name, value) in extra ?? [])
        {
            if (value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0))
            {
                Translation.Drop(prefix + name, "Gemini has no such parameter.");
            }
        }
    }
}
