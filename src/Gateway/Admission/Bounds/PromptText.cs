using System.Text.Json;

namespace Tollgate.Admission.Bounds;

/// <summary>
/// Goes through a request once more and counts what becomes prompt text, as <see cref="Intake.RequestScanner"/> does by bytes: all
/// there is, but for roles, settings that are no text, and media.
/// </summary>
internal ref struct PromptText
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>
    /// What a provider may put around a value when it writes a definition in a form of its own. OpenAI shows functions in a notation of types,
    /// where a value of an enumeration has quotes and a bar around it.
    /// Source: https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken, section 6.
    /// </summary>
    private const int AroundValue = 4;

    private readonly TextCounter counter;
    private Utf8JsonReader reader;

    private PromptText(ReadOnlySpan<byte> body, TextCounter counter)
    {
        this.counter = counter;
        reader = new Utf8JsonReader(body, Options);
    }

    /// <param name="body">A request that was scanned.</param>
    /// <param name="counter">Gets all of its text.</param>
    public static void Count(ReadOnlySpan<byte> body, TextCounter counter) => new PromptText(body, counter).CountRoot();

    private void CountRoot()
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("messages"u8))
            {
                CountMessages();
            }
            else if (IsSetting())
            {
                reader.Read();
                reader.Skip();
            }
            else
            {
                CountValue();
            }
        }
    }

    private readonly bool IsSetting() =>
        reader.ValueTextEquals("model"u8) || reader.ValueTextEquals("stream"u8) || reader.ValueTextEquals("stream_options"u8)
        || reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8) || reader.ValueTextEquals("n"u8)
        || reader.ValueTextEquals("temperature"u8) || reader.ValueTextEquals("top_p"u8) || reader.ValueTextEquals("top_logprobs"u8)
        || reader.ValueTextEquals("frequency_penalty"u8) || reader.ValueTextEquals("presence_penalty"u8) || reader.ValueTextEquals("seed"u8);

    private void CountMessages()
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("role"u8))
                {
                    reader.Read();
                }
                else if (reader.ValueTextEquals("content"u8))
                {
                    CountContent();
                }
                else
                {
                    CountValue();
                }
            }
        }
    }

    private void CountContent()
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            counter.Add(reader.ValueSpan);
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                CountPart();
            }
        }
    }

    private void CountPart()
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("image_url"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else if (reader.ValueTextEquals("input_audio"u8) || reader.ValueTextEquals("file"u8))
            {
                CountMedia();
            }
            else
            {
                CountValue();
            }
        }
    }

    private void CountMedia()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("data"u8) || reader.ValueTextEquals("file_data"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else
            {
                CountValue();
            }
        }
    }

    /// <summary>After a property name: the value with every name and value inside.</summary>
    private void CountValue()
    {
        reader.Read();
        var depth = reader.CurrentDepth;
        CountToken();
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.CurrentDepth > depth)
            {
                CountToken();
            }
        }
    }

    private readonly void CountToken()
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
        {
            counter.Add(reader.ValueSpan);
            counter.AddBytes(AroundValue);
        }
        else if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            counter.AddBytes(reader.ValueSpan.Length + AroundValue);
        }
    }
}
