using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Anthropic.Requests;

/// <summary>The conversation in Anthropic's form: system blocks and alternating turns.</summary>
internal sealed class Prompt
{
    // Stands where Anthropic wants a user turn and the caller has none with content.
    private const string Filler = ".";

    public List<Block> System { get; } = [];

    public List<Turn> Turns { get; } = [];

    /// <summary>The last turn is the assistant's and to be continued.</summary>
    public bool IsPrefilled => !Turns[^1].IsUser;

    /// <summary>The last turn brings results of tools to an assistant's turn that does not open with its thoughts.</summary>
    public bool ContinuesWithoutThoughts => Turns.Count > 1 && Turns[^1].Blocks[0] is ToolResultBlock && Turns[^2].Blocks[0] is not ThinkingBlock;

    /// <exception cref="CallerErrorException">The conversation cannot be said in this form; names the parameter.</exception>
    public static Prompt Read(ChatRequest request, ModelProfile model, Translation translation)
    {
        var prompt = new Prompt();
        var reader = new MessageReader(AnthropicWire.Origin(model), translation);
        var leading = true;
        for (var i = 0; i < request.Messages.Count; i++)
        {
            var message = request.Messages[i];
            var isSystem = message.Role is "system" or "developer";
            leading &= isSystem;
            var blocks = reader.Read(message, $"messages[{i}]");
            if (leading)
            {
                prompt.System.AddRange(blocks);
            }
            else if (blocks.Count > 0)
            {
                prompt.TurnOf(isUser: message.Role != "assistant").Blocks.AddRange(blocks);
            }
        }
        prompt.Close(request.Messages, model);
        return prompt;
    }

    private Turn TurnOf(bool isUser)
    {
        if (Turns.Count == 0 || Turns[^1].IsUser != isUser)
        {
            Turns.Add(new Turn(isUser));
        }
        return Turns[^1];
    }

    private void Close(List<ChatMessage> messages, ModelProfile model)
    {
        foreach (var turn in Turns)
        {
            turn.PutResultsFirst();
        }
        if (Turns.Count == 0 || !Turns[0].IsUser)
        {
            Turns.Insert(0, new Turn(isUser: true));
            Turns[0].Blocks.Add(new TextBlock(Filler));
        }
        if (Turns[^1].IsUser)
        {
            return;
        }
        if (messages[^1].Role != "assistant")
        {
            TurnOf(isUser: true).Blocks.Add(new TextBlock(Filler));
        }
        else if (!model.Can(Capabilities.Prefill))
        {
            throw CallerErrorException.Invalid("This model does not continue a message of the assistant.", $"messages[{messages.Count - 1}]", "unsupported_value");
        }
        else if (Turns[^1].Blocks[^1] is TextBlock last)
        {
            // Anthropic refuses a message to be continued that ends with white space.
            last.Text = last.Text.TrimEnd();
        }
    }
}
