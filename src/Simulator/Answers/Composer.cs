using System.Text.Json.Nodes;
using Tollgate.Simulator.Scenarios;

namespace Tollgate.Simulator.Answers;

/// <summary>Makes the answer to a prompt under a scenario.</summary>
internal static class Composer
{
    /// <summary>The answer, cut to the prompt's token limit.</summary>
    public static Answer Compose(string model, string seed, Prompt prompt, Scenario scenario, DateTimeOffset now)
    {
        var calls = Calls(prompt, scenario);
        var text = calls.Count > 0 ? [] : Text(model, prompt, scenario);
        if (scenario.Has(Knob.Filter))
            text = [.. text.Take((text.Count + 1) / 2)];
        var blocked = scenario.Has(Knob.Block);

        var budget = new TokenBudget(blocked ? 0 : prompt.MaxTokens ?? int.MaxValue);
        var reasoning = budget.Take(scenario.Has(Knob.Think) ? Phrases.Reasoning : []);
        text = budget.Take(text);
        calls = [.. calls.Select(c => c with { Fragments = budget.Take(c.Fragments), Whole = !budget.Short })];
        return new Answer
        {
            Prompt = prompt,
            Model = model,
            Seed = seed,
            Created = now,
            Reasoning = reasoning,
            Text = text,
            Calls = [.. calls.Where(c => c.Fragments.Count > 0)],
            Finish = blocked ? Finish.Blocked
                : budget.Short || scenario.Has(Knob.Length) ? Finish.Length
                : scenario.Has(Knob.Filter) ? Finish.Filter
                : calls.Count > 0 ? Finish.ToolCalls
                : Finish.Stop,
            CachedTokens = Math.Min(scenario[Knob.CachedTokens] ?? 0, prompt.Tokens),
            ShowUsage = !scenario.Has(Knob.NoUsage),
            ShowDone = !scenario.Has(Knob.NoDone),
        };
    }

    private static IReadOnlyList<string> Text(string model, Prompt prompt, Scenario scenario) =>
        prompt.Schema is { } schema
            ? Phrases.Json(Json.Write(SchemaSample.Of(schema)), scenario)
            : Phrases.Answer(model, prompt, scenario);

    private static List<ToolCall> Calls(Prompt prompt, Scenario scenario)
    {
        if (prompt.Tools.Count == 0 || prompt.ToolUse == ToolUse.Forbidden)
            return [];
        var demanded = prompt.ToolUse == ToolUse.Demanded;
        var count = prompt.EndsWithToolResult ? 0 : scenario[Knob.Tools] ?? 0;
        if (demanded)
            count = Math.Max(count, 1);
        if (!prompt.ParallelCalls)
            count = Math.Min(count, 1);

        var tools = demanded && prompt.DemandedTools.Count > 0
            ? prompt.Tools.Where(t => prompt.DemandedTools.Contains(t.Name, StringComparer.Ordinal)).ToList()
            : prompt.Tools;
        return tools.Count == 0 ? [] : [.. Enumerable.Range(0, count).Select(i => Call(tools[i % tools.Count], scenario))];
    }

    private static ToolCall Call(Tool tool, Scenario scenario)
    {
        var arguments = tool.Schema is null ? new JsonObject() : SchemaSample.Of(tool.Schema) as JsonObject ?? [];
        return new ToolCall(tool.Name, Phrases.Json(Json.Write(arguments), scenario), Whole: true);
    }

    private sealed class TokenBudget(int tokens)
    {
        private int left = tokens;

        /// <summary>Whether something wanted more than there was.</summary>
        public bool Short { get; private set; }

        public IReadOnlyList<string> Take(IReadOnlyList<string> wanted)
        {
            Short |= wanted.Count > left;
            var taken = wanted.Count <= left ? wanted : [.. wanted.Take(left)];
            left -= taken.Count;
            return taken;
        }
    }
}
