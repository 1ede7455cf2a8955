using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>Reports what Anthropic has nothing for. A value that asks for nothing, such as <c>n: 1</c>, is no loss and no report.</summary>
internal static class Reports
{
    /// <summary>Members of <see cref="ChatRequest.Extra"/> that <see cref="RequestWriter"/> sends on.</summary>
    private static readonly string[] SentOn = ["thinking", "cache_control"];

    /// <exception cref="CallerErrorException">In strict mode, and for the deprecated functions, which would change the answer's kind.</exception>
    public static void Unsupported(ChatRequest request, Translation translation)
    {
        Drop(request.N > 1, "n", "Anthropic gives one choice.");
        Drop(request.Seed is not null, "seed", "Anthropic has no seed.");
        Drop(request.Logprobs == true, "logprobs", "Anthropic gives no log probabilities.");
        Drop(request.TopLogprobs > 0, "top_logprobs", "Anthropic gives no log probabilities.");
        Drop(request.LogitBias?.Count > 0, "logit_bias", "Anthropic has no logit bias.");
        Drop(request.FrequencyPenalty is { } frequency && frequency != 0, "frequency_penalty", "Anthropic has no penalties.");
        Drop(request.PresencePenalty is { } presence && presence != 0, "presence_penalty", "Anthropic has no penalties.");
        Drop(request.Verbosity is not (null or "medium"), "verbosity", "Anthropic has no verbosity.");
        Drop(request.Metadata?.Count > 0, "metadata", "Anthropic stores no metadata.");
        Drop(request.Store == true, "store", "Anthropic stores no answers.");
        Drop(request.PromptCacheKey is not null, "prompt_cache_key", "Anthropic caches by 'cache_control'.");
        Drop(request.PromptCacheRetention is not null, "prompt_cache_retention", "Anthropic caches by 'cache_control'.");
        Drop(request.Modalities?.Any(modality => modality != "text") == true, "modalities", "Anthropic gives text only.");
        Drop(IsSet(request.Audio), "audio", "Anthropic gives text only.");
        Drop(IsSet(request.Prediction), "prediction", "Anthropic takes no predicted output.");
        Drop(IsSet(request.WebSearchOptions), "web_search_options", "Anthropic searches by a tool of its own.");
        Drop(request.StreamOptions?.IncludeObfuscation == true, "stream_options.include_obfuscation", "Anthropic's streams are not padded.");
        Unknown(request.StreamOptions?.Extra, "stream_options.", translation);
        foreach (var legacy in (string[])["functions", "function_call"])
        {
            if (request.Extra?.TryGetValue(legacy, out var value) == true && IsSet(value))
            {
                throw CallerErrorException.Unsupported(legacy, "It is deprecated and cannot be sent to Anthropic; use 'tools'.");
            }
        }
        Unknown(request.Extra, "", translation);

        void Drop(bool asked, string param, string why)
        {
            if (asked)
            {
                translation.Drop(param, why);
            }
        }
    }

    /// <summary>Reports members that no type of ours names. Null and empty lists, which clients echo from replies, say nothing.</summary>
    public static void Unknown(Dictionary<string, JsonElement>? members, string prefix, Translation translation)
    {
        foreach (var (name, value) in members ?? [])
        {
            if (IsSet(value) && !(prefix.Length == 0 && SentOn.Contains(name)))
            {
                translation.Drop(prefix + name, "Anthropic has nothing like it.");
            }
        }
    }

    private static bool IsSet(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => false,
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() > 0,
        _ => true,
    };
}
