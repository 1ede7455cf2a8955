using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Tests;

/// <summary>Lets one test speak each wire: its path and body for a model.</summary>
internal static class Wire
{
    public static (string Path, JsonObject Body) Request(string wire, string model, bool stream) => wire switch
    {
        "openai" => (Sim.OpenAi, Bodies.OpenAi(model, stream)),
        "azure" => ($"/openai/deployments/{model}/chat/completions?api-version=1", Bodies.OpenAi(model, stream)),
        "anthropic" => (Sim.Anthropic, Bodies.Anthropic(model, stream)),
        _ => (Sim.Gemini(model, stream), Bodies.Gemini()),
    };
}
