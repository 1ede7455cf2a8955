using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

/// <summary>A string or an array of strings. A null in the array is kept, for whoever checks the values to name its place.</summary>
internal sealed class OneOrManyConverter : JsonConverter<List<string>>
{
    public override List<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString()!];
        }
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }
        var list = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? reader.GetString()! : throw new JsonException());
        }
        return list;
    }

    public override void Write(Utf8JsonWriter writer, List<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var sequence in value)
        {
            writer.WriteStringValue(sequence);
        }
        writer.WriteEndArray();
    }
}
