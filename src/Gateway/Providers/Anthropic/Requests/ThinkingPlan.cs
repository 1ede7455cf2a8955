using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>
/// Whether and how the model thinks. Thinking does not go together with a forced tool or a prefilled answer, a budget
/// is at least 1024 and below <c>max_tokens</c>, and a budgeted model wants its last thoughts back before tool results:
/// where one of these stands in the way the model does not think, and that is reported.
/// Sources: https://platform.claude.com/docs/en/build-with-claude/extended-thinking, …/adaptive-thinking, …/effort.
/// </summary>
internal sealed class ThinkingPlan
{
    private const string Adaptive = "adaptive";
    private const string BetweenTools = "between_tools";
    private const string Enabled = "enabled";
    private const string Disabled = "disabled";
    private const int LeastBudget = 1_024;

    private static readonly ThinkingPlan Unsaid = new();

    private string? Type { get; init; }

    private long Budget { get; init; }

    /// <summary>The caller's own <c>thinking</c>, sent as it came.</summary>
    private JsonElement? Own { get; init; }

    /// <summary>For <c>output_config.effort</c>; null for the model's default.</summary>
    public string? Effort { get; private init; }

    public bool IsOn => Type is Adaptive or BetweenTools or Enabled;

    /// <summary>The catalogue lists the model's efforts and <c>none</c> is not among them: thinking cannot be turned off.</summary>
    public static bool IsAlwaysOn(ModelProfile model) =>
        model is { Thinking: ThinkingStyle.Adaptive, Efforts.Count: > 0 } && !model.Efforts.Contains("none");

    /// <param name="request">The caller's request.</param>
    /// <param name="model">The target.</param>
    /// <param name="maxTokens">As it will be sent.</param>
    /// <param name="obstacle">Why the model must not think in this call, or null.</param>
    /// <param name="budgetObstacle">The same for models that think by budget only.</param>
    /// <param name="translation">Takes the reports.</param>
    /// <exception cref="CallerErrorException">An effort or a <c>thinking</c> that is none.</exception>
    public static ThinkingPlan Decide(ChatRequest request, ModelProfile model, long maxTokens, string? obstacle, string? budgetObstacle, Translation translation)
    {
        var asked = Efforts.Checked(request.ReasoningEffort);
        obstacle ??= model.Thinking == ThinkingStyle.Budget ? budgetObstacle : null;
        if (request.Extra?.TryGetValue("thinking", out var own) == true && own.ValueKind != JsonValueKind.Null)
        {
            return FromOwn(own, asked, model, maxTokens, obstacle, translation);
        }
        return model.Thinking switch
        {
            ThinkingStyle.Adaptive => FromEffort(asked, model, obstacle, translation),
            ThinkingStyle.Budget when asked is "none" => new ThinkingPlan { Type = Disabled },
            ThinkingStyle.Budget when asked is not null => WithBudget(
                Efforts.BudgetOf(Efforts.Fit(asked, model, translation)), "reasoning_effort", maxTokens, obstacle, translation),
            _ when asked is not (null or "none") => Not("reasoning_effort", "This model does not think.", translation),
            _ => Unsaid,
        };
    }

    public void Write(Utf8JsonWriter json)
    {
        if (Type is null)
        {
            return;
        }
        json.WritePropertyName("thinking"u8);
        if (Own is { } own)
        {
            own.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, Type);
        if (Type == Enabled)
        {
            json.WriteNumber("budget_tokens"u8, Budget);
        }
        json.WriteEndObject();
    }

    private static ThinkingPlan FromEffort(string? asked, ModelProfile model, string? obstacle, Translation translation)
    {
        if (asked == "none")
        {
            return IsAlwaysOn(model)
                ? new ThinkingPlan { Effort = Efforts.Fit(asked, model, translation) }
                : new ThinkingPlan { Type = Disabled };
        }
        var effort = asked is null ? null : Efforts.Fit(asked, model, translation);
        if (obstacle is null)
        {
            return effort is null ? Unsaid : new ThinkingPlan { Type = Adaptive, Effort = effort };
        }
        if (effort is not null)
        {
            translation.Drop("reasoning_effort", obstacle);
        }
        // Said also where nothing was asked, since the newer models think by default; without thinking the effort ends at high.
        return new ThinkingPlan { Type = Disabled, Effort = effort is "xhigh" or "max" ? "high" : effort };
    }

    private static ThinkingPlan FromOwn(JsonElement own, string? asked, ModelProfile model, long maxTokens, string? obstacle, Translation translation)
    {
        var type = own.ValueKind == JsonValueKind.Object && own.TryGetProperty("type", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        if (type is not (Adaptive or BetweenTools or Enabled or Disabled))
        {
            throw CallerErrorException.Invalid("'thinking.type' must be adaptive, between_tools, enabled or disabled.", "thinking.type", "invalid_value");
        }
        var effort = asked is null or "none" || model.Thinking != ThinkingStyle.Adaptive || type == Disabled ? null : Efforts.Fit(asked, model, translation);
        if (asked is not null && effort is null)
        {
            translation.Drop("reasoning_effort", "'thinking' says it already.");
        }
        if (type == Disabled)
        {
            return IsAlwaysOn(model) ? Not("thinking", "This model always thinks.", translation) : new ThinkingPlan { Type = Disabled };
        }
        if (obstacle is not null || model.Thinking != (type == Enabled ? ThinkingStyle.Budget : ThinkingStyle.Adaptive))
        {
            translation.Drop("thinking", obstacle ?? $"This model does not take '{type}'.");
            return obstacle is not null && model.Thinking == ThinkingStyle.Adaptive && !IsAlwaysOn(model) ? new ThinkingPlan { Type = Disabled } : Unsaid;
        }
        var budget = own.TryGetProperty("budget_tokens", out var given) && given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var tokens) ? tokens : 0;
        if (type != Enabled || (budget >= LeastBudget && budget < maxTokens))
        {
            return new ThinkingPlan { Type = type, Own = own, Effort = effort };
        }
        translation.Drop("thinking", "The budget must be at least 1024 and below the answer's limit.");
        return WithBudget(budget, "thinking", maxTokens, obstacle: null, translation);
    }

    /// <summary>At most three quarters of the answer are thoughts, unless the least budget is more.</summary>
    private static ThinkingPlan WithBudget(long wanted, string param, long maxTokens, string? obstacle, Translation translation)
    {
        if (obstacle is not null || maxTokens <= LeastBudget)
        {
            return Not(param, obstacle ?? "Thinking takes at least 1024 tokens, fewer than the answer's limit.", translation);
        }
        return new ThinkingPlan { Type = Enabled, Budget = Math.Max(LeastBudget, Math.Min(wanted, maxTokens / 4 * 3)) };
    }

    private static ThinkingPlan Not(string param, string why, Translation translation)
    {
        translation.Drop(param, why);
        return Unsaid;
    }
}
