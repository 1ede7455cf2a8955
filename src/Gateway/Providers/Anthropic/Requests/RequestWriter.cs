using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>Writes the body of <c>POST /v1/messages</c>.</summary>
internal static class RequestWriter
{
    // For a model whose maximum the catalogue does not know; the least that any Claude allows.
    private const int UnknownMaxOutput = 4_096;

    public static void Write(ChatRequest request, ModelProfile model, AnthropicPlatform platform, Translation translation, IBufferWriter<byte> body)
    {
        Reports.Unsupported(request, translation);
        var prompt = Prompt.Read(request, model, translation);
        var tools = ToolPlan.Read(request, model, translation);
        var maxTokens = MaxTokens(request, model, translation);
        var thinking = ThinkingPlan.Decide(request, model, maxTokens, Obstacle(prompt, tools), BudgetObstacle(prompt), translation);
        var automatic = request.Extra?.TryGetValue("cache_control", out var given) == true ? Cacheable.Checked(given, "cache_control") : null;
        CacheBreakpoints.Limit([.. tools.Tools, .. prompt.System, .. prompt.Turns.SelectMany(turn => turn.Blocks)], automatic is not null, translation);

        using var json = new Utf8JsonWriter(body, AnthropicJson.WriterOptions);
        json.WriteStartObject();
        if (platform == AnthropicPlatform.Vertex)
        {
            json.WriteString("anthropic_version"u8, "vertex-2023-10-16"u8);
        }
        else
        {
            json.WriteString("model"u8, model.Model);
        }
        json.WriteNumber("max_tokens"u8, maxTokens);
        if (translation.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }
        WritePrompt(json, prompt);
        tools.Write(json);
        thinking.Write(json);
        OutputConfig.Write(json, thinking.Effort, request.ResponseFormat, model, translation);
        Sampling.Write(json, request, model, thinking.IsOn, translation);
        WriteStop(json, request.Stop, translation);
        WriteEndUser(json, request.SafetyIdentifier ?? request.User, translation.Tenant);
        ServiceTier.Write(json, request.ServiceTier, platform, translation);
        if (automatic is { } control)
        {
            json.WritePropertyName("cache_control"u8);
            control.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static long MaxTokens(ChatRequest request, ModelProfile model, Translation translation)
    {
        var most = model.MaxOutput > 0 ? model.MaxOutput : UnknownMaxOutput;
        var asked = request.OutputCap ?? most;
        if (model.MaxOutput > 0 && asked > most)
        {
            translation.Drop(request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens", $"This model answers with at most {most} tokens.");
            asked = most;
        }
        return Math.Max(1, Math.Min(asked, translation.OutputCap ?? asked));
    }

    private static string? Obstacle(Prompt prompt, ToolPlan tools) =>
        tools.IsForced ? "Anthropic does not let a model think that has to call a tool."
        : prompt.IsPrefilled ? "Anthropic does not let a model think that continues an answer."
        : null;

    private static string? BudgetObstacle(Prompt prompt) => prompt.ContinuesWithoutThoughts
        ? "This model thinks on after a tool's result only when its 'thinking_blocks' are sent back with the call."
        : null;

    private static void WritePrompt(Utf8JsonWriter json, Prompt prompt)
    {
        if (prompt.System.Count > 0)
        {
            json.WriteStartArray("system"u8);
            prompt.System.ForEach(block => block.Write(json));
            json.WriteEndArray();
        }
        json.WriteStartArray("messages"u8);
        foreach (var turn in prompt.Turns)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, turn.IsUser ? "user"u8 : "assistant"u8);
            json.WriteStartArray("content"u8);
            turn.Blocks.ForEach(block => block.Write(json));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Anthropic refuses stop sequences that are white space only.</summary>
    private static void WriteStop(Utf8JsonWriter json, List<string>? stop, Translation translation)
    {
        var taken = stop?.FindAll(sequence => !string.IsNullOrWhiteSpace(sequence)) ?? [];
        if (taken.Count < stop?.Count)
        {
            translation.Drop("stop", "Anthropic takes no stop sequence that is white space only.");
        }
        if (taken.Count == 0)
        {
            return;
        }
        json.WriteStartArray("stop_sequences"u8);
        taken.ForEach(sequence => json.WriteStringValue(sequence));
        json.WriteEndArray();
    }

    /// <summary>Hashed, since Anthropic asks for an opaque id; salted by the tenant, whose users are nobody else's.</summary>
    private static void WriteEndUser(Utf8JsonWriter json, string? user, string tenant)
    {
        if (!string.IsNullOrEmpty(user))
        {
            json.WriteStartObject("metadata"u8);
            json.WriteString("user_id"u8, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{user}"))));
            json.WriteEndObject();
        }
    }
}
