using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>
/// What Azure adds to OpenAI's wire, see
/// https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter.
/// </summary>
internal static class AzureParts
{
    private static readonly string[] Categories = ["hate", "self_harm", "sexual", "violence"];

    /// <summary>A stream's first chunk, which has no choices.</summary>
    public static JsonObject OpeningChunk() => new()
    {
        ["choices"] = new JsonArray(),
        ["created"] = 0,
        ["id"] = "",
        ["model"] = "",
        ["object"] = "",
        ["prompt_filter_results"] = PromptFilterResults(),
    };

    public static JsonArray PromptFilterResults() =>
        [new JsonObject { ["prompt_index"] = 0, ["content_filter_results"] = FilterResults(violent: false) }];

    public static JsonObject FilterResults(bool violent) =>
        new(Categories.Select(c => KeyValuePair.Create<string, JsonNode?>(c, new JsonObject
        {
            ["filtered"] = violent && c is "violence",
            ["severity"] = violent && c is "violence" ? "high" : "safe",
        })));

    /// <summary>An error: those of Azure's front door have its own short form.</summary>
    public static JsonObject Error(Rejection rejection)
    {
        if (rejection.Kind is ErrorKind.MissingKey or ErrorKind.InvalidKey or ErrorKind.Permission)
            return Short(rejection.Status, "Access denied due to invalid subscription key or wrong API endpoint.");
        if (rejection.Kind == ErrorKind.RateLimit)
            return Short(rejection.Status, "Requests have exceeded the call rate limit of your current pricing tier.");

        var error = OpenAiErrors.Write(rejection);
        if (rejection.Kind != ErrorKind.ContentFilter)
            return error;
        error["error"]!["status"] = 400;
        error["error"]!["innererror"] = new JsonObject
        {
            ["code"] = "ResponsibleAIPolicyViolation",
            ["content_filter_result"] = FilterResults(violent: true),
        };
        return error;
    }

    private static JsonObject Short(int code, string message) => new()
    {
        ["error"] = new JsonObject { ["code"] = code.ToString(CultureInfo.InvariantCulture), ["message"] = message },
    };
}
