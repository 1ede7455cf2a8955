using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A deployment at the Simulator that behaves as its scenario says.</summary>
/// <param name="Wire">openai, anthropic or gemini.</param>
/// <param name="Scenario">Tokens of the Simulator's, e.g. <c>c5-f429x1</c>.</param>
internal sealed record Target(string Wire, string Scenario)
{
    /// <summary>Milliseconds: long enough for the Simulator to have the request, short enough to be waited out.</summary>
    public const int ShortTimeout = 250;

    private static int Made;

    private readonly int number = Interlocked.Increment(ref Made);

    /// <summary>The model's id at the upstream. No two targets share one, so that each has its own count and its own requests.</summary>
    public string Model => string.Create(CultureInfo.InvariantCulture, $"{Family}sim-{Scenario}-u{number}");

    /// <summary>Makes it a model that the catalogue lists, e.g. <c>gpt-4o-</c>.</summary>
    public string Family { get; init; } = "";

    /// <summary>Names of environment variables, or references.</summary>
    public IReadOnlyList<string> Credentials { get; init; } = ["CREDENTIAL_A"];

    /// <summary>Where it is; null for the Simulator.</summary>
    public Uri? Endpoint { get; init; }

    public int ContextWindow { get; init; } = 128_000;

    public int MaxOutput { get; init; } = 4_096;

    /// <summary>Milliseconds: first token and, for whole answers, all of it. Set where the scenario is a silence before the first output.</summary>
    public int? FirstToken { get; init; } = Scenario.Split('-').Any(token => token is "hang" or "silent" or "stall0" or "stall1") ? ShortTimeout : null;

    /// <summary>Milliseconds.</summary>
    public int? Idle { get; init; }

    public JsonObject Provider(Uri simulator) => new()
    {
        ["kind"] = Wire,
        ["endpoint"] = Wire == "openai" ? new Uri(Endpoint ?? simulator, "v1").AbsoluteUri : (Endpoint ?? simulator).AbsoluteUri,
        ["credential"] = new JsonArray([.. Credentials.Select(name => JsonValue.Create(name.Contains(':', StringComparison.Ordinal) ? name : $"env:{name}"))]),
    };

    public JsonObject Deployment(string provider)
    {
        var timeouts = new JsonObject();
        if (FirstToken is { } first)
        {
            timeouts["firstTokenMs"] = first;
            timeouts["totalMs"] = Math.Max(first, Idle * 10 ?? 0);
        }
        if (Idle is { } idle)
        {
            timeouts["idleMs"] = idle;
        }
        return new JsonObject
        {
            ["provider"] = provider,
            ["model"] = Model,
            ["region"] = "testland",
            ["contextWindow"] = ContextWindow,
            ["maxOutput"] = MaxOutput,
            ["price"] = new JsonObject { ["input"] = 1, ["output"] = 2 },
            ["timeouts"] = timeouts,
        };
    }
}
