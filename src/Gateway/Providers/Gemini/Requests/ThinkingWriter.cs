using Tollgate.Catalogue;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>
/// <c>reasoning_effort</c>: a budget for Gemini 2.5, a level for Gemini 3, never both (Google answers that with a 400).
/// Budgets and levels are those of Google's own OpenAI endpoint: https://ai.google.dev/gemini-api/docs/openai#thinking.
/// </summary>
internal static class ThinkingWriter
{
    private const string Param = "reasoning_effort";
    private const string None = "none";

    private static readonly string[] Efforts = [None, "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>What every Gemini 3 model takes; the catalogue says which take more.</summary>
    private static readonly string[] CommonLevels = ["low", "high"];

    public static void Write(RequestScope scope, OptionalObject config)
    {
        if (scope.Request.ReasoningEffort is not { } effort)
        {
            return;
        }
        if (!Efforts.Contains(effort))
        {
            throw CallerErrorException.Invalid($"'{Param}' must be one of {string.Join(", ", Efforts)}.", Param, "invalid_value");
        }
        switch (scope.Model.Thinking)
        {
            case ThinkingStyle.Budget:
                WriteBudget(scope, config, effort);
                break;
            case ThinkingStyle.Level:
                WriteLevel(scope, config, effort);
                break;
            case var _ when effort != None:
                scope.Translation.Drop(Param, "The model does not think.");
                break;
        }
    }

    private static void WriteBudget(RequestScope scope, OptionalObject config, string effort)
    {
        var cannotStop = effort == None && scope.Model.Efforts.Count > 0 && !scope.Model.Efforts.Contains(None);
        if (cannotStop || effort is "xhigh" or "max")
        {
            scope.Translation.Drop(Param, "The model has no such effort; the nearest is used.");
        }
        // 128 is the least that a model takes which cannot stop thinking (Gemini 2.5 Pro).
        var budget = effort switch
        {
            None => cannotStop ? 128 : 0,
            "minimal" or "low" => 1024,
            "medium" => 8192,
            _ => 24576,
        };
        config.Json.WriteStartObject("thinkingConfig");
        config.Json.WriteNumber("thinkingBudget", budget);
        End(config, effort);
    }

    /// <summary>A level that the model lacks becomes the next higher one, or its highest.</summary>
    private static void WriteLevel(RequestScope scope, OptionalObject config, string effort)
    {
        var levels = scope.Model.Efforts.Where(level => level != None).ToArray();
        if (levels.Length == 0)
        {
            levels = CommonLevels;
        }
        var wanted = Array.IndexOf(Efforts, effort);
        var level = Array.Find(levels, candidate => Array.IndexOf(Efforts, candidate) >= wanted) ?? levels[^1];
        if (level != effort)
        {
            scope.Translation.Drop(Param, "The model has no such effort; the nearest is used.");
        }
        config.Json.WriteStartObject("thinkingConfig");
        config.Json.WriteString("thinkingLevel", level);
        End(config, effort);
    }

    private static void End(OptionalObject config, string effort)
    {
        if (effort != None)
        {
            config.Json.WriteBoolean("includeThoughts", true);
        }
        config.Json.WriteEndObject();
    }
}
