using System.Text.Json;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>Turns one message into the blocks it adds to a turn.</summary>
/// <param name="origin">Thoughts made elsewhere are left out, see <see cref="ReplyOrigin"/>.</param>
/// <param name="translation">Takes the reports.</param>
internal sealed class MessageReader(string origin, Translation translation)
{
    public List<Block> Read(ChatMessage message, string at)
    {
        Report(message, at);
        List<Block> blocks = message.Role switch
        {
            "system" or "developer" => [.. ContentReader.Text(message.Content, at, translation)],
            "user" => [.. ContentReader.Any(message.Content, at, translation)],
            "assistant" => [.. Thoughts(message), .. Said(message, at), .. Calls(message, at)],
            "tool" => [Result(message, at)],
            _ => throw CallerErrorException.Invalid("Messages with the deprecated role 'function' cannot be sent to Anthropic; use 'tool'.", $"{at}.role", "unsupported_value"),
        };
        if (Cacheable.Checked(message.CacheControl, $"{at}.cache_control") is { } control && blocks.FindLast(block => block.TakesCacheControl) is { } last)
        {
            last.CacheControl = control;
        }
        return blocks;
    }

    private void Report(ChatMessage message, string at)
    {
        if (message.Name is not null && message.Role is not "tool")
        {
            translation.Drop("messages[].name", "Anthropic knows no names of participants.");
        }
        if (message.Audio is { ValueKind: not JsonValueKind.Null })
        {
            translation.Drop("messages[].audio", "Anthropic knows no audio.");
        }
        if (message.Extra?.TryGetValue("function_call", out var call) == true && call.ValueKind != JsonValueKind.Null)
        {
            throw CallerErrorException.Invalid("The deprecated 'function_call' cannot be sent to Anthropic; use 'tool_calls'.", $"{at}.function_call", "unsupported_value");
        }
        Reports.Unknown(message.Extra, "messages[].", translation);
    }

    /// <summary>Blocks that this model made, and that bear what it signs them with: others it refuses.</summary>
    private IEnumerable<Block> Thoughts(ChatMessage message) =>
        message.ThinkingBlocks is { } blocks && ReplyOrigin.Allows(message.ExtraContent, origin)
            ? blocks.Where(IsSigned).Select(block => new ThinkingBlock(block))
            : [];

    private static bool IsSigned(JsonElement block) =>
        block.ValueKind == JsonValueKind.Object && block.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        && type.GetString() switch
        {
            "thinking" => block.TryGetProperty("signature", out var signature) && signature.ValueKind == JsonValueKind.String && signature.GetString() != "",
            "redacted_thinking" => block.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.String,
            _ => false,
        };

    private IEnumerable<Block> Said(ChatMessage message, string at)
    {
        var said = ContentReader.Text(message.Content, at, translation);
        return string.IsNullOrWhiteSpace(message.Refusal) ? said : said.Append(new TextBlock(message.Refusal));
    }

    private static IEnumerable<Block> Calls(ChatMessage message, string at)
    {
        for (var i = 0; i < message.ToolCalls?.Count; i++)
        {
            var call = message.ToolCalls[i];
            var param = $"{at}.tool_calls[{i}]";
            if (call.Function?.Name is not { } name)
            {
                throw CallerErrorException.Invalid($"'{param}' is not a call of a function; Anthropic takes no others.", param, "unsupported_value");
            }
            if (string.IsNullOrEmpty(call.Id))
            {
                throw CallerErrorException.Invalid($"'{param}.id' is missing.", $"{param}.id", "missing_required_parameter");
            }
            yield return new ToolUseBlock(ToolIds.For(call.Id), name, Input(call.Function.Arguments, $"{param}.function.arguments"))
            {
                CacheControl = Cacheable.Checked(call.CacheControl, $"{param}.cache_control"),
            };
        }
    }

    /// <summary>No arguments are an empty object: OpenAI writes them as an empty string.</summary>
    private static string Input(string? arguments, string param)
    {
        if (string.IsNullOrWhiteSpace(arguments))
        {
            return "{}";
        }
        try
        {
            using var parsed = JsonDocument.Parse(arguments);
            return parsed.RootElement.ValueKind switch
            {
                JsonValueKind.Object => arguments,
                JsonValueKind.Null => "{}",
                _ => throw CallerErrorException.Invalid($"'{param}' must be a JSON object.", param, "invalid_value"),
            };
        }
        catch (JsonException)
        {
            throw CallerErrorException.Invalid($"'{param}' must be valid JSON.", param, "invalid_value");
        }
    }

    /// <summary>A breakpoint on a part of the result is one on the result: Anthropic caches whole blocks of a turn.</summary>
    private ToolResultBlock Result(ChatMessage message, string at)
    {
        List<Block> content = [.. ContentReader.Any(message.Content, at, translation)];
        var control = content.FindLast(block => block.CacheControl is not null)?.CacheControl;
        content.ForEach(block => block.CacheControl = null);
        return new ToolResultBlock(ToolIds.For(message.ToolCallId!), content, message.IsError) { CacheControl = control };
    }
}
