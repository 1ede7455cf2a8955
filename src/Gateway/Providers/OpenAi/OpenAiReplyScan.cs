using System.Text.Json;
using System.Text.Unicode;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.OpenAi;

/// <summary>What the gateway needs to know of a whole answer that it passes on unread.</summary>
/// <param name="Usage">Null where it says none.</param>
/// <param name="Failure">The error it is instead.</param>
/// <param name="OutputBytes">Of its choices.</param>
/// <param name="Finishes">Those of its choices.</param>
/// <param name="Tier">The tier it says it was served with.</param>
internal readonly record struct OpenAiReplyScan(TokenUsage? Usage, UpstreamFailure? Failure, int OutputBytes, FinishReasonList Finishes, ServiceTier Tier)
{
    /// <summary>Reads a whole answer.</summary>
    /// <exception cref="JsonException">Not JSON in UTF-8, or neither an answer nor an error.</exception>
    public static OpenAiReplyScan Read(ReadOnlySpan<byte> body)
    {
        TokenUsage? usage = null;
        UpstreamFailure? failure = null;
        var tier = ServiceTier.Standard;
        var choices = 0L;
        var finishes = default(FinishReasonList);
        var hasChoices = false;
        var reader = new Utf8JsonReader(body);
        if (!Utf8.IsValid(body) || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isChoices, isUsage, isError) = (reader.ValueTextEquals("choices"u8), reader.ValueTextEquals("usage"u8), reader.ValueTextEquals("error"u8));
            var isTier = reader.ValueTextEquals("service_tier"u8);
            reader.Read();
            var start = reader.TokenStartIndex;
            if (isUsage && reader.TokenType == JsonTokenType.StartObject)
            {
                usage = OpenAiUsage.Read(ref reader);
            }
            else if (isError && reader.TokenType != JsonTokenType.Null)
            {
                using var error = JsonDocument.ParseValue(ref reader);
                failure = OpenAiFailures.Read(200, error.RootElement);
            }
            else if (isChoices && reader.TokenType == JsonTokenType.StartArray)
            {
                hasChoices = true;
                ReadFinishes(ref reader, ref finishes);
                choices += reader.BytesConsumed - start;
            }
            else if (isTier)
            {
                tier = ServiceTiers.ReadServed(ref reader);
                reader.Skip();
            }
            else
            {
                reader.Skip();
                choices += isChoices ? reader.BytesConsumed - start : 0;
            }
        }
        while (reader.Read())
        {
            // Anything behind the object makes the reader throw.
        }
        usage = usage is { } told ? told with { Tier = tier } : null;
        return hasChoices || failure is not null ? new OpenAiReplyScan(usage, failure, (int)choices, finishes, tier) : throw new JsonException();
    }

    /// <summary>From an array's start to its end.</summary>
    private static void ReadFinishes(ref Utf8JsonReader reader, ref FinishReasonList finishes)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth + 2 && reader.ValueTextEquals("finish_reason"u8) && reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                finishes.Add(reader);
            }
        }
    }
}
