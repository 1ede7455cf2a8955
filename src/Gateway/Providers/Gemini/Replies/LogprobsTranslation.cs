using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>Google's log probabilities as OpenAI's <c>logprobs</c>: chosen tokens, each with the likeliest at its place.</summary>
internal static class LogprobsTranslation
{
    /// <summary>OpenAI's word for a token that had no chance; JSON has none for minus infinity.</summary>
    private const double Least = -9999;

    public static JsonElement? ToOpenAi(LogprobsResult? result)
    {
        if (result?.ChosenCandidates is not { Count: > 0 } chosen)
        {
            return null;
        }
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("content");
            for (var i = 0; i < chosen.Count; i++)
            {
                json.WriteStartObject();
                WriteToken(json, chosen[i]);
                json.WriteStartArray("top_logprobs");
                foreach (var likely in result.TopCandidates?.ElementAtOrDefault(i)?.Candidates ?? [])
                {
                    json.WriteStartObject();
                    WriteToken(json, likely);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNull("refusal");
            json.WriteEndObject();
        }
        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private static void WriteToken(Utf8JsonWriter json, TokenCandidate? candidate)
    {
        var token = candidate?.Token ?? "";
        var probability = candidate?.LogProbability ?? Least;
        json.WriteString("token", token);
        json.WriteNumber("logprob", double.IsNaN(probability) ? Least : Math.Clamp(probability, Least, 0));
        json.WriteStartArray("bytes");
        foreach (var value in Encoding.UTF8.GetBytes(token))
        {
            json.WriteNumberValue(value);
        }
        json.WriteEndArray();
    }
}
