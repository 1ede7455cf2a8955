using System.Globalization;
using System.Text.Json.Nodes;

namespace Tollgate.Simulator.Wires.Anthropic;

/// <summary>The API's rules about everything but the messages.</summary>
internal static class AnthropicRules
{
    private const string VertexVersion = "vertex-2023-10-16";
    private const int LeastThinking = 1024;
    private const int MostBreakpoints = 4;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "model", "messages", "system", "max_tokens", "metadata", "stop_sequences", "stream", "temperature", "top_k", "top_p",
        "tools", "tool_choice", "thinking", "service_tier", "container", "context_management", "mcp_servers", "output_config",
        "output_format", "inference_geo", "cache_control", "speed",
    };

    /// <summary>The version stands in a header, on Vertex in the body, where the model may not stand.</summary>
    public static void CheckVersion(Call call, bool vertex)
    {
        if (!vertex)
        {
            Require(Credentials.Header(call.Request, "anthropic-version") is not null, "anthropic-version: header is required");
            Require(call.Model.Length > 0, "model: Field required");
            return;
        }

        Require(string.Equals(call.Body["anthropic_version"].Text(), VertexVersion, StringComparison.Ordinal), "anthropic_version: Field required");
        Require(!call.Body.ContainsKey("model"), "model: Extra inputs are not permitted");
    }

    public static void CheckParameters(Call call, bool vertex)
    {
        var body = call.Body;
        foreach (var (name, _) in body)
            Require(Known.Contains(name) || (vertex && name is "anthropic_version" or "anthropic_beta"), $"{name}: Extra inputs are not permitted");

        Require(body.ContainsKey("max_tokens"), "max_tokens: Field required");
        var limit = body["max_tokens"].Int() ?? throw RejectedException.Invalid("max_tokens: Input should be a valid integer");
        Require(limit >= 1, "max_tokens: Input should be greater than or equal to 1");
        Require(InRange(body["temperature"]), "temperature: range: 0..1");
        Require(InRange(body["top_p"]), "top_p: range: 0..1");
        Require(body["stop_sequences"].Items().All(s => !string.IsNullOrWhiteSpace(s.Text())), "stop_sequences: each stop sequence must contain non-whitespace");
        CheckThinking(body, limit);
        CheckTools(body);

        var breakpoints = Breakpoints(body);
        Require(breakpoints <= MostBreakpoints, string.Create(CultureInfo.InvariantCulture,
            $"A maximum of {MostBreakpoints} blocks with cache_control may be provided. Found {breakpoints}."));
    }

    /// <summary>Refuses the request with the message unless the rule holds.</summary>
    public static void Require(bool holds, string message)
    {
        if (!holds)
            throw RejectedException.Invalid(message);
    }

    private static void CheckThinking(JsonObject body, int limit)
    {
        var type = body["thinking"].At("type").Text();
        if (type is not ("enabled" or "adaptive"))
            return;
        if (type is "enabled")
        {
            var budget = body["thinking"].At("budget_tokens").Int() ?? 0;
            Require(budget >= LeastThinking, "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
            Require(budget < limit, "`max_tokens` must be greater than `thinking.budget_tokens`.");
        }

        Require(body["tool_choice"].At("type").Text() is not ("any" or "tool"), "Thinking may not be enabled when tool_choice forces tool use.");
    }

    private static void CheckTools(JsonObject body)
    {
        foreach (var tool in body["tools"].Items())
        {
            Require(!string.IsNullOrEmpty(tool.At("name").Text()), "tools.0.name: Field required");
            // Tools with a type of their own run at Anthropic and bring their own schema.
            var custom = tool.At("type").Text() is null or "custom";
            Require(!custom || tool.At("input_schema").At("type").Text() is "object", "tools.0.custom.input_schema.type: Field required");
        }

        Require(body["tool_choice"] is not JsonValue, "tool_choice: Input should be a valid dictionary");
    }

    private static bool InRange(JsonNode? node) => node is null || node.Number() is >= 0 and <= 1;

    private static int Breakpoints(JsonNode? node) => node switch
    {
        JsonObject o => (o["cache_control"] is null ? 0 : 1) + o.Sum(m => Breakpoints(m.Value)),
        JsonArray a => a.Sum(Breakpoints),
        _ => 0,
    };
}
