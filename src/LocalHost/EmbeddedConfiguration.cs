using System.Text.Json.Nodes;

namespace Tollgate.LocalHost;

/// <summary>The configuration of a first run.</summary>
internal static class EmbeddedConfiguration
{
    public const string SimulatorKeyVariable = "TOLLGATE_SIMULATOR_KEY";

    /// <summary>A runaway loop on a developer's own keys ends here: ten dollars a day, in micro-USD.</summary>
    private const long DailyLimit = 10_000_000;

    private static readonly KnownProvider[] Known =
    [
        new("openai", "openai", "OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1", ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-5", "gpt-5-mini"]),
        new("anthropic", "anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "https://api.anthropic.com", ["claude-haiku-4-5", "claude-sonnet-4-6", "claude-opus-4-6"]),
        new("gemini", "gemini", "GEMINI_API_KEY", "GEMINI_BASE_URL", "https://generativelanguage.googleapis.com", ["gemini-3-pro-preview", "gemini-3-flash-preview", "gemini-2.5-flash"]),
        new("mistral", "openai", "MISTRAL_API_KEY", "MISTRAL_BASE_URL", "https://api.mistral.ai/v1", ["mistral-large-2512"]),
        new("xai", "openai", "XAI_API_KEY", "XAI_BASE_URL", "https://api.x.ai/v1", ["grok-4.5"]),
    ];

    /// <summary>The providers whose key is in the environment.</summary>
    public static IReadOnlyList<string> FoundIn(Func<string, string?> environment) =>
        [.. Known.Where(provider => !string.IsNullOrEmpty(environment(provider.KeyVariable))).Select(provider => provider.Name)];

    public static (string Text, string Model) ForProviders(IReadOnlyList<string> names, Func<string, string?> environment) =>
        Build([.. Known.Where(provider => names.Contains(provider.Name))], provider => environment(provider.UrlVariable) ?? provider.Endpoint, provider => provider.KeyVariable);

    /// <summary>The first three providers, each over its own wire, at the Simulator.</summary>
    public static (string Text, string Model) ForSimulator(Uri simulator) =>
        Build(Known[..3], provider => provider.Name == "openai" ? new Uri(simulator, "v1").AbsoluteUri : simulator.AbsoluteUri, _ => SimulatorKeyVariable);

    private static (string Text, string Model) Build(KnownProvider[] known, Func<KnownProvider, string> endpoint, Func<KnownProvider, string> keyVariable)
    {
        var providers = new JsonObject();
        var deployments = new JsonObject();
        var models = new JsonObject();
        foreach (var provider in known)
        {
            providers[provider.Name] = new JsonObject { ["kind"] = provider.Kind, ["endpoint"] = endpoint(provider), ["credential"] = $"env:{keyVariable(provider)}" };
            foreach (var model in provider.Models)
            {
                var deployment = $"{model}-{provider.Name}";
                deployments[deployment] = new JsonObject { ["provider"] = provider.Name, ["model"] = model };
                models[model] = new JsonObject { ["tiers"] = new JsonArray(new JsonObject { ["targets"] = new JsonArray(deployment) }) };
            }
        }
        var limit = new JsonObject { ["unit"] = "microUsd", ["window"] = "day", ["amount"] = DailyLimit };
        var tenant = new JsonObject { ["keys"] = new JsonObject { ["dev"] = "env:TOLLGATE_DEV_KEY" }, ["limits"] = new JsonArray(limit) };
        var config = new JsonObject { ["providers"] = providers, ["deployments"] = deployments, ["models"] = models, ["tenants"] = new JsonObject { ["dev"] = tenant } };
        return (config.ToJsonString(), known[0].Models[0]);
    }

    /// <param name="Name">Its name in the configuration.</param>
    /// <param name="Kind">The wire it speaks.</param>
    /// <param name="KeyVariable">Environment variable of its key.</param>
    /// <param name="UrlVariable">Environment variable that moves it elsewhere.</param>
    /// <param name="Endpoint">Where it is.</param>
    /// <param name="Models">Models offered by default.</param>
    private sealed record KnownProvider(string Name, string Kind, string KeyVariable, string UrlVariable, string Endpoint, string[] Models);
}
