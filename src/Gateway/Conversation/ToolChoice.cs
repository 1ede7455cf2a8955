using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

internal enum ToolChoiceMode
{
    Auto,
    None,
    Required,

    /// <summary>Exactly the function named by <see cref="ToolChoice.Names"/>.</summary>
    Function,

    /// <summary>Only the functions in <see cref="ToolChoice.Names"/>; <see cref="ToolChoice.MustCall"/> says whether one has to be called.</summary>
    AllowedTools,
}

/// <summary><c>tool_choice</c>: a word, <c>{type:function}</c> or <c>{type:allowed_tools}</c>.</summary>
[JsonConverter(typeof(ToolChoiceConverter))]
internal sealed record ToolChoice(ToolChoiceMode Mode, IReadOnlyList<string> Names, bool MustCall);

internal sealed class ToolChoiceConverter : JsonConverter<ToolChoice>
{
    public override ToolChoice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString() switch
            {
                "auto" => new ToolChoice(ToolChoiceMode.Auto, [], MustCall: false),
                "none" => new ToolChoice(ToolChoiceMode.None, [], MustCall: false),
                "required" or "any" => new ToolChoice(ToolChoiceMode.Required, [], MustCall: true),
                _ => throw new JsonException(),
            };
        }
        var choice = JsonElement.ParseValue(ref reader);
        try
        {
            return choice.GetProperty("type").GetString() switch
            {
                "function" => new ToolChoice(ToolChoiceMode.Function, [NameOf(choice)], MustCall: true),
                "allowed_tools" => Allowed(choice.TryGetProperty("allowed_tools", out var inner) ? inner : choice),
                _ => throw new JsonException(),
            };
        }
        catch (Exception wrongShape) when (wrongShape is InvalidOperationException or KeyNotFoundException)
        {
            throw new JsonException();
        }
    }

    public override void Write(Utf8JsonWriter writer, ToolChoice value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Requests are read in this form and written in the upstream's.");

    private static ToolChoice Allowed(JsonElement allowed) => new(
        ToolChoiceMode.AllowedTools,
        [.. allowed.GetProperty("tools").EnumerateArray().Select(NameOf)],
        MustCall: allowed.TryGetProperty("mode", out var mode) && mode.GetString() == "required");

    private static string NameOf(JsonElement tool) =>
        (tool.TryGetProperty("function", out var function) ? function : tool).GetProperty("name").GetString() ?? throw new JsonException();
}
