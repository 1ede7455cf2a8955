using System.Text;
using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>Reads an answer that is not streamed.</summary>
internal static class ReplyReader
{
    /// <exception cref="JsonException">Not an answer of the Messages API.</exception>
    public static ReadResult Read(ReadOnlySpan<byte> body, ReplyContext context)
    {
        var message = JsonSerializer.Deserialize(body, AnthropicJson.Default.MessageBody);
        if (message?.Error is { } error)
        {
            return FailureReader.InsideOk(error);
        }
        if (message?.Content is not { } content)
        {
            throw new JsonException();
        }
        var (reason, native) = StopReasons.Read(message.StopReason);
        var choice = new ChatChoice { FinishReason = reason, NativeFinishReason = native };
        ReadContent(content, choice.Message, context.Origin);
        choice.Message.Refusal = StopReasons.RefusalOf(message.StopReason, message.StopDetails);
        var reply = new ChatReply { ServiceTier = message.Usage?.ServiceTier };
        if (message.Usage is { } usage)
        {
            reply.Usage = new UsageTally().Set(usage);
        }
        reply.Choices.Add(choice);
        return reply;
    }

    /// <summary>Blocks of Anthropic's own tools are no calls that the caller could answer: they are left out.</summary>
    private static void ReadContent(List<JsonElement> content, ReplyMessage message, string origin)
    {
        var text = new StringBuilder();
        var thoughts = new StringBuilder();
        foreach (var element in content)
        {
            var block = element.Deserialize(AnthropicJson.Default.ContentBlock) ?? throw new JsonException();
            switch (block.Type)
            {
                case "text":
                    text.Append(block.Text);
                    break;
                case "thinking":
                    thoughts.Append(block.Thinking);
                    (message.ThinkingBlocks ??= []).Add(element);
                    break;
                case "redacted_thinking":
                    (message.ThinkingBlocks ??= []).Add(element);
                    break;
                case "tool_use":
                    (message.ToolCalls ??= []).Add(Call(block));
                    break;
            }
        }
        message.Content = text.Length > 0 || message.ToolCalls is null ? text.ToString() : null;
        message.ReasoningContent = thoughts.Length > 0 ? thoughts.ToString() : null;
        message.ExtraContent = message.ThinkingBlocks is null ? null : ReplyOrigin.Mark(origin);
    }

    private static ToolCall Call(ContentBlock block) => new()
    {
        Id = block.Id ?? throw new JsonException(),
        Type = "function",
        Function = new FunctionCall { Name = block.Name ?? throw new JsonException(), Arguments = block.Input?.GetRawText() ?? "{}" },
    };
}
