using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.OpenAi;

/// <summary>What the gateway needs to know of one chunk of an OpenAI stream that it passes on unread.</summary>
internal struct OpenAiChunk
{
    /// <summary>Bytes of generated text, arguments and reasoning, as they stand in the JSON.</summary>
    public int OutputBytes;

    /// <summary>Anything a caller would count as output, an empty role delta not.</summary>
    public bool HasOutput;

    /// <summary>Of the choices that got theirs.</summary>
    public FinishReasonList FinishReasons;

    public bool HasChoices;

    public TokenUsage? Usage;

    /// <summary>The tier that it says the answer is served with; null where it says none.</summary>
    public ServiceTier? Tier;

    public UpstreamFailure? Failure;

    /// <summary>Where the only text of the chunk stands between its quotes; empty where there is none or more than one.</summary>
    public Range OnlyText;

    /// <summary>How many choices got their finish reason.</summary>
    public readonly int Finishes => FinishReasons.Count;

    /// <summary>Reads one event's data.</summary>
    /// <exception cref="JsonException">Not a JSON object in UTF-8.</exception>
    public static OpenAiChunk Read(ReadOnlySpan<byte> data)
    {
        var chunk = default(OpenAiChunk);
        var reader = new Utf8JsonReader(data);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                chunk.ReadChoices(ref reader);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                chunk.Usage = reader.TokenType == JsonTokenType.StartObject ? OpenAiUsage.Read(ref reader) : null;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                chunk.ReadError(ref reader);
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                reader.Read();
                chunk.Tier = reader.TokenType == JsonTokenType.String ? ServiceTiers.ReadServed(ref reader) : null;
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        while (reader.Read())
        {
            // Anything behind the object makes the reader throw.
        }
        return chunk;
    }

    private void ReadError(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        using var error = JsonDocument.ParseValue(ref reader);
        Failure = OpenAiFailures.Read(200, error.RootElement);
    }

    private void ReadChoices(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            HasChoices = true;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadChoiceProperty(ref reader);
            }
        }
    }

    private void ReadChoiceProperty(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("delta"u8))
        {
            reader.Read();
            ReadDelta(ref reader);
        }
        else if (reader.ValueTextEquals("finish_reason"u8))
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                FinishReasons.Add(reader);
                HasOutput = true;
            }
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private void ReadDelta(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth))
        {
            // Whatever text a delta holds below whatever name was generated; role, id, type and name are not.
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var generated = !(reader.ValueTextEquals("role"u8) || reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("type"u8));
                reader.Read();
                if (generated && reader.TokenType == JsonTokenType.String)
                {
                    var start = (int)reader.TokenStartIndex + 1;
                    OnlyText = OutputBytes == 0 && !HasOutput ? start..(start + reader.ValueSpan.Length) : default;
                    OutputBytes += reader.ValueSpan.Length;
                    HasOutput |= reader.ValueSpan.Length > 0;
                }
            }
        }
    }
}
