namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Writes <c>generationConfig</c>. Source: https://ai.google.dev/api/generate-content#generationconfig.</summary>
internal static class GenerationConfigWriter
{
    private const int MostStopSequences = 5;
    private const int MostCandidates = 8;

    public static void Write(RequestScope scope)
    {
        using var config = new OptionalObject(scope.Json, "generationConfig");
        WriteLength(scope, config);
        WriteSampling(scope, config);
        WriteStop(scope, config);
        WriteLogprobs(scope, config);
        ResponseFormatWriter.Write(scope, config);
        WriteModalities(scope, config);
        ThinkingWriter.Write(scope, config);
    }

    private static void WriteLength(RequestScope scope, OptionalObject config)
    {
        var asked = scope.Request.OutputCap;
        if (asked > scope.Model.MaxOutput && scope.Model.MaxOutput > 0)
        {
            scope.Translation.Drop(
                scope.Request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens", $"The model's maximum is {scope.Model.MaxOutput}.");
            asked = scope.Model.MaxOutput;
        }
        var budgeted = scope.Translation.OutputCap;
        if ((budgeted < asked ? budgeted : asked ?? budgeted) is { } most)
        {
            config.Json.WriteNumber("maxOutputTokens", most);
        }
        if (scope.Request.N is > 1 and var n)
        {
            if (n > MostCandidates)
            {
                scope.Translation.Drop("n", $"Gemini gives at most {MostCandidates} choices.");
            }
            config.Json.WriteNumber("candidateCount", Math.Min(n, MostCandidates));
        }
    }

    private static void WriteSampling(RequestScope scope, OptionalObject config)
    {
        var request = scope.Request;
        Write(scope, config, "temperature", "temperature", request.Temperature);
        Write(scope, config, "topP", "top_p", request.TopP);
        Write(scope, config, "topK", "top_k", request.TopK);
        if (request.FrequencyPenalty is { } frequency)
        {
            config.Json.WriteNumber("frequencyPenalty", frequency);
        }
        if (request.PresencePenalty is { } presence)
        {
            config.Json.WriteNumber("presencePenalty", presence);
        }
        if (request.Seed is >= int.MinValue and <= int.MaxValue)
        {
            config.Json.WriteNumber("seed", request.Seed.Value);
        }
        else if (request.Seed is not null)
        {
            scope.Translation.Drop("seed", "Gemini takes 32 bits.");
        }
    }

    private static void Write(RequestScope scope, OptionalObject config, string name, string param, double? value)
    {
        if (value is null)
        {
            return;
        }
        if (scope.Model.TakesSampling)
        {
            config.Json.WriteNumber(name, value.Value);
        }
        else
        {
            scope.Translation.Drop(param, "The model takes no sampling parameters.");
        }
    }

    private static void WriteStop(RequestScope scope, OptionalObject config)
    {
        var sequences = scope.Request.Stop?.FindAll(sequence => sequence.Length > 0) ?? [];
        if (sequences.Count == 0)
        {
            return;
        }
        if (sequences.Count > MostStopSequences)
        {
            scope.Translation.Drop("stop", $"Gemini takes at most {MostStopSequences} sequences.");
        }
        config.Json.WriteStartArray("stopSequences");
        foreach (var sequence in sequences.Take(MostStopSequences))
        {
            config.Json.WriteStringValue(sequence);
        }
        config.Json.WriteEndArray();
    }

    private static void WriteLogprobs(RequestScope scope, OptionalObject config)
    {
        if (scope.Request.Logprobs == true)
        {
            config.Json.WriteBoolean("responseLogprobs", true);
            if (scope.Request.TopLogprobs is > 0 and var top)
            {
                config.Json.WriteNumber("logprobs", top);
            }
        }
        else if (scope.Request.TopLogprobs > 0)
        {
            scope.Translation.Drop("top_logprobs", "It needs 'logprobs': true.");
        }
    }

    private static void WriteModalities(RequestScope scope, OptionalObject config)
    {
        var asked = scope.Request.Modalities ?? [];
        if (asked.Exists(modality => modality is not ("text" or "image")))
        {
            scope.Translation.Drop("modalities", "This gateway takes text and images from Gemini.");
        }
        if (!asked.Contains("image"))
        {
            return;
        }
        config.Json.WriteStartArray("responseModalities");
        foreach (var modality in asked.Where(modality => modality is "text" or "image"))
        {
            config.Json.WriteStringValue(modality == "text" ? "TEXT" : "IMAGE");
        }
        config.Json.WriteEndArray();
    }
}
