using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>The list of models; any other name is accepted as well.</summary>
internal static class OpenAiModels
{
    private static readonly string[] Names = ["sim", "sim-c100", "sim-think", "sim-utf8", "gpt-4o-sim", "claude-sim", "gemini-sim"];

    public static JsonObject List() => new()
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. Names.Select(n => new JsonObject
        {
            ["id"] = n,
            ["object"] = "model",
            ["created"] = 1790000000,
            ["owned_by"] = "simulator",
        })]),
    };
}
