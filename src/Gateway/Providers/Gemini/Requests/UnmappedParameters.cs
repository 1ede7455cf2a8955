namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// Reports the parameters of OpenAI's request that Gemini cannot be told. A value that asks for what happens anyway
/// (<c>store:false</c>, <c>service_tier:auto</c>, <c>include_obfuscation:false</c>) is no loss and needs no report.
/// </summary>
internal static class UnmappedParameters
{
    private const string NoEquivalent = "Gemini has no equivalent.";

    public static void Report(RequestScope scope)
    {
        var request = scope.Request;
        Report(scope, "logit_bias", request.LogitBias is { Count: > 0 });
        Report(scope, "verbosity", request.Verbosity is not null and not "medium");
        Report(scope, "user", request.User is not null);
        Report(scope, "safety_identifier", request.SafetyIdentifier is not null);
        Report(scope, "store", request.Store == true);
        Report(scope, "service_tier", request.ServiceTier is not null and not ("auto" or "default"));
        Report(scope, "prompt_cache_key", request.PromptCacheKey is not null);
        Report(scope, "prompt_cache_retention", request.PromptCacheRetention is not null);
        Report(scope, "audio", request.Audio is not null);
        Report(scope, "prediction", request.Prediction is not null);
        Report(scope, "web_search_options", request.WebSearchOptions is not null);
        Report(scope, "stream_options.include_obfuscation", request.StreamOptions?.IncludeObfuscation == true);
        scope.DropExtra(request.StreamOptions?.Extra, "stream_options.");
        scope.DropExtra(request.Extra, "");
    }

    private static void Report(RequestScope scope, string param, bool asked)
    {
        if (asked)
        {
            scope.Translation.Drop(param, NoEquivalent);
        }
    }
}
