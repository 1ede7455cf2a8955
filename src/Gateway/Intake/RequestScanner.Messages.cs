using System.Text.Json;
using Tollgate.Errors;

namespace Tollgate.Intake;

/// <summary>The conversation: roles, texts, and what the parts ask of a model.</summary>
internal ref partial struct RequestScanner
{
    private void ReadMessages()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw WrongType("messages", "an array");
        }
        var start = TokenStart;
        scan.Messages = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ReadMessage(scan.Messages++);
        }
        scan.MessagesValue = start..Position;
    }

    private void ReadMessage(int index)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw WrongType($"messages[{index}]", "an object");
        }
        var hasRole = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (FindName())
            {
                case KnownProperty.Role:
                    reader.Read();
                    hasRole = ReadRole(index);
                    break;
                case KnownProperty.Content:
                    if (!JumpLongString())
                    {
                        reader.Read();
                        ReadContent(index);
                    }
                    break;
                default:
                    reader.Read();
                    CountText();
                    break;
            }
        }
        if (!hasRole)
        {
            throw CallerErrorException.Invalid($"'messages[{index}].role' is missing.", $"messages[{index}].role", "missing_required_parameter");
        }
    }

    private readonly bool ReadRole(int index)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw WrongType($"messages[{index}].role", "a string");
        }
        scan.EndsWithAssistant = reader.ValueTextEquals("assistant"u8);
        return scan.EndsWithAssistant || reader.ValueTextEquals("user"u8) || reader.ValueTextEquals("system"u8)
            || reader.ValueTextEquals("tool"u8) || reader.ValueTextEquals("developer"u8) || reader.ValueTextEquals("function"u8)
            ? true
            : throw CallerErrorException.Invalid($"'messages[{index}].role' must be one of system, developer, user, assistant, tool, function.", $"messages[{index}].role", "invalid_value");
    }

    private void ReadContent(int index)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                scan.TextBytes += reader.ValueSpan.Length;
                break;
            case JsonTokenType.Null:
                break;
            case JsonTokenType.StartArray:
                for (var part = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; part++)
                {
                    ReadPart(index, part);
                }
                break;
            default:
                throw WrongType($"messages[{index}].content", "a string or an array of parts");
        }
    }

    private void ReadPart(int message, int part)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw WrongType($"messages[{message}].content[{part}]", "an object");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (FindName())
            {
                case KnownProperty.ImageUrl:
                    scan.FirstImage ??= $"messages[{message}].content[{part}].image_url";
                    reader.Read();
                    ReadImage(message, part);
                    break;
                case KnownProperty.InputAudio:
                    scan.FirstAudio ??= $"messages[{message}].content[{part}].input_audio";
                    ReadMedia(MediaKind.Audio, "data"u8);
                    break;
                case KnownProperty.File:
                    scan.FirstFile ??= $"messages[{message}].content[{part}].file";
                    ReadMedia(MediaKind.File, "file_data"u8);
                    break;
                default:
                    if (!JumpLongString())
                    {
                        reader.Read();
                        CountText();
                    }
                    break;
            }
        }
    }
}
