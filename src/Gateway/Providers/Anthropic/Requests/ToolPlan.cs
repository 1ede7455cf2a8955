using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>The tools of a request and how they may be chosen.</summary>
internal sealed class ToolPlan
{
    // Anthropic's tools that answer with a call for the caller to run. Those that Anthropic runs itself are refused: they
    // are paid apart and add to the prompt without a bound, so no budget could hold them.
    private static readonly string[] ClientRun = ["bash_", "text_editor_", "computer_", "memory_"];

    private readonly List<Tool> tools;
    private readonly string? choice;
    private readonly string? function;
    private readonly bool oneAtATime;

    private ToolPlan(List<Tool> tools, string? choice, string? function, bool oneAtATime)
    {
        this.tools = tools;
        this.choice = choice;
        this.function = function;
        this.oneAtATime = oneAtATime;
    }

    public IEnumerable<Cacheable> Tools => tools;

    /// <summary>The model has to call a tool, which Anthropic does not allow together with thinking.</summary>
    public bool IsForced => choice is "any" or "tool";

    /// <exception cref="CallerErrorException">A tool that Anthropic has nothing like, or a choice among tools that are not there.</exception>
    public static ToolPlan Read(ChatRequest request, ModelProfile model, Translation translation)
    {
        var offered = new List<Tool>();
        for (var i = 0; i < request.Tools?.Count; i++)
        {
            offered.Add(ReadTool(request.Tools[i], $"tools[{i}]", model, translation));
        }
        var asked = request.ToolChoice;
        if (asked is not null && (asked.Names.Any(name => !offered.Exists(tool => tool.Name == name)) || (asked.MustCall && offered.Count == 0)))
        {
            throw CallerErrorException.Invalid("'tool_choice' must name functions that are in 'tools'.", "tool_choice", "invalid_value");
        }
        if (asked?.Mode == ToolChoiceMode.AllowedTools)
        {
            offered.RemoveAll(tool => !asked.Names.Contains(tool.Name));
        }
        if (offered.Count == 0)
        {
            return new ToolPlan(offered, choice: null, function: null, oneAtATime: false);
        }
        var mode = ChoiceOf(asked, model, translation);
        var single = request.ParallelToolCalls == false && mode != "none";
        return new ToolPlan(offered, single ? mode ?? "auto" : mode, mode == "tool" ? asked!.Names[0] : null, single);
    }

    public void Write(Utf8JsonWriter json)
    {
        if (tools.Count == 0)
        {
            return;
        }
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            tool.Write(json);
        }
        json.WriteEndArray();
        if (choice is null)
        {
            return;
        }
        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, choice);
        if (function is not null)
        {
            json.WriteString("name"u8, function);
        }
        if (oneAtATime)
        {
            json.WriteBoolean("disable_parallel_tool_use"u8, true);
        }
        json.WriteEndObject();
    }

    private static Tool ReadTool(ToolDefinition tool, string at, ModelProfile model, Translation translation)
    {
        var control = Cacheable.Checked(tool.CacheControl, $"{at}.cache_control");
        if (tool.Type == "function")
        {
            Reports.Unknown(tool.Extra, "tools[].", translation);
            return new FunctionTool(tool.Function!, IsStrict(tool.Function!, at, model, translation)) { CacheControl = control };
        }
        if (ClientRun.Any(prefix => tool.Type.StartsWith(prefix, StringComparison.Ordinal))
            && tool.Extra?.TryGetValue("name", out var name) == true && name.ValueKind == JsonValueKind.String)
        {
            return new AnthropicTool(tool.Type, name.GetString()!, tool.Extra) { CacheControl = control };
        }
        throw CallerErrorException.Invalid($"'{at}.type' must be function, or one of Anthropic's tools that the caller runs.", $"{at}.type", "unsupported_value");
    }

    private static bool IsStrict(FunctionDefinition function, string at, ModelProfile model, Translation translation)
    {
        if (function.Strict == true && !model.Can(Capabilities.JsonSchema))
        {
            translation.Drop($"{at}.function.strict", "This model does not enforce schemas.");
            return false;
        }
        return function.Strict == true;
    }

    private static string? ChoiceOf(ToolChoice? asked, ModelProfile model, Translation translation)
    {
        if (asked is { MustCall: true } && ThinkingPlan.IsAlwaysOn(model))
        {
            translation.Drop("tool_choice", "This model always thinks, and then cannot be made to call a tool.");
            return "auto";
        }
        return asked switch
        {
            null => null,
            { Mode: ToolChoiceMode.None } => "none",
            { Mode: ToolChoiceMode.Function } => "tool",
            { MustCall: true } => "any",
            _ => "auto",
        };
    }
}
