using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

/// <summary>A message's content: a plain string, or a list of parts. Exactly one of the two is set.</summary>
[JsonConverter(typeof(MessageContentConverter))]
internal sealed class MessageContent
{
    public MessageContent(string text) => Text = text;

    public MessageContent(List<ContentPart> parts) => Parts = parts;

    public string? Text { get; }

    public List<ContentPart>? Parts { get; }

    /// <summary>All text of the content in order, without the parts that are not text.</summary>
    public string AllText() => Text ?? string.Concat(Parts!.Where(part => part.Type == "text").Select(part => part.Text));
}

internal sealed class MessageContentConverter : JsonConverter<MessageContent>
{
    public override MessageContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new MessageContent(reader.GetString()!),
        JsonTokenType.StartArray => new MessageContent(JsonSerializer.Deserialize(ref reader, ConversationJson.Default.ListContentPart)!),
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, MessageContent value, JsonSerializerOptions options)
    {
        if (value.Text is not null)
        {
            writer.WriteStringValue(value.Text);
        }
        else
        {
            JsonSerializer.Serialize(writer, value.Parts!, ConversationJson.Default.ListContentPart);
        }
    }
}
