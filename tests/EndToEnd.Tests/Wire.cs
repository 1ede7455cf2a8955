namespace Tollgate.EndToEnd.Tests;

/// <summary>
/// The upstream wires that the gateway speaks. Each serves the same scenarios: the model <c>anthropic.tools</c> is a
/// model of that wire whose Simulator calls tools. Upstream, the scenario is the model's version tag.
/// </summary>
public sealed class Wire
{
    private static readonly Wire[] All =
    [
        new("openai", "openai", "gpt-4o", "gpt-5"),
        new("azure", "azure", "gpt-4o", "gpt-5"),
        new("azure-deployment", "azure-deployment", "gpt-4o", "gpt-5"),
        new("anthropic", "anthropic", "claude-sonnet-4-6"),
        new("gemini", "gemini", "gemini-3-pro-preview"),
        new("vertex-gemini", "vertex", "gemini-2.5-pro"),
        new("vertex-claude", "vertex", "claude-sonnet-4-5"),
    ];

    /// <summary>Scenario to the Simulator's tokens.</summary>
    private static readonly (string Scenario, string Tokens)[] Scenarios =
    [
        ("text", "sim"),
        ("stall", "sim-stall2"),
        ("tools", "sim-tool2"),
        ("think", "sim-think"),
        ("metered", "sim-think-cached2"),
        ("error", "sim-err2-d100"),
        ("400", "sim-f400"),
        ("401", "sim-f401"),
        ("404", "sim-f404"),
        ("429", "sim-f429-ra7"),
        ("500", "sim-f500"),
        ("503", "sim-f503"),
    ];

    private readonly string model;
    private readonly string thinker;

    private Wire(string name, string provider, string model, string? thinker = null)
    {
        Name = name;
        Provider = provider;
        this.model = model;
        this.thinker = thinker ?? model;
    }

    /// <summary>The wires' names, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(wire => wire.Name)];

    /// <summary>What the gateway is configured with: every wire with every scenario, the model that a first script asks for, and one that the catalogue does not list.</summary>
    public static IEnumerable<(string Name, string Provider, string Upstream)> Models =>
    [
        .. from wire in All from item in Scenarios select ($"{wire.Name}.{item.Scenario}", wire.Provider, Upstream(wire.Name, item.Scenario)),
        ("gemini-3-pro-preview", "gemini", "gemini-3-pro-preview"),
        ("vertex-claude.unlisted", "vertex", "claude-unlisted-9@sim"),
    ];

    /// <summary>Wire to scenario to the model's name upstream.</summary>
    public static IReadOnlyDictionary<string, Dictionary<string, string>> ByScenario =>
        All.ToDictionary(wire => wire.Name, wire => Scenarios.ToDictionary(item => item.Scenario, item => Upstream(wire.Name, item.Scenario)));

    private string Name { get; }

    private string Provider { get; }

    /// <summary>The model's name as the provider gets it.</summary>
    public static string Upstream(string wire, string scenario)
    {
        var found = Array.Find(All, candidate => candidate.Name == wire)!;
        return $"{(scenario == "think" ? found.thinker : found.model)}@{Array.Find(Scenarios, item => item.Scenario == scenario).Tokens}";
    }

    /// <summary>Whether its models are Anthropic's, which do not count thoughts apart.</summary>
    public static bool IsClaude(string wire) => Array.Find(All, candidate => candidate.Name == wire)!.model.StartsWith("claude-", StringComparison.Ordinal);

    /// <summary>What the Simulator says to so many words.</summary>
    public static string Answer(string upstream, int words) =>
        $"Hello from {upstream}. I received {words} words from you, and this is my whole answer.";
}
