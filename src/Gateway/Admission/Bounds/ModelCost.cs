using System.Runtime.CompilerServices;
using Tollgate.Catalogue;
using Tollgate.Routing;

namespace Tollgate.Admission.Bounds;

/// <summary>How a deployment's model turns a prompt into tokens, found once.</summary>
internal sealed class ModelCost
{
    /// <summary>Tokens of a message beyond its text: role, name and separators.</summary>
    public const int PerMessage = 8;

    private static readonly ConditionalWeakTable<ModelProfile, ModelCost> Known = [];

    /// <summary>Images, sounds and files.</summary>
    public required MediaCost Media { get; init; }

    /// <summary>The tokenizer of its text; null where none is public.</summary>
    public TokenEncoding? Encoding { get; init; }

    /// <summary>Tokens of any request: what a chat template, or the provider, puts around all messages.</summary>
    public required int PerRequest { get; init; }

    /// <summary>Tokens of the text that goes with tools, whatever they are, and of that which goes with a schema.</summary>
    public required int WithTools { get; init; }

    /// <summary>Tokens that a tool of the provider's own stands for.</summary>
    public required int PerProviderTool { get; init; }

    public static ModelCost Of(Deployment deployment) => Known.GetValue(deployment.Profile, static profile => Find(profile));

    private static ModelCost Find(ModelProfile model) => model.Family switch
    {
        // 804 tokens for the longest of the published prompts for tools; 735 for the longest of Anthropic's tools, with 499 of a
        // prompt of its own. Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview ("Pricing").
        "claude" => new ModelCost { Media = AnthropicMedia.Of(model.Model), PerRequest = 64, WithTools = 1_024, PerProviderTool = 1_300 },
        "gemini" => new ModelCost { Media = GeminiMedia.Of(model.Model), PerRequest = 64, WithTools = 256, PerProviderTool = 0 },
        "gpt" or "o" => OpenAi(model, OpenAiMedia.Dearest),
        // Served with chat templates that hold instructions of their own, as gpt-oss' does.
        "gpt-oss" or "deepseek" or "mistral" or "llama" or "grok" or "qwen" => Template(TokenEncodings.Find(model.Model), OpenAiMedia.OfOthers),
        _ when OpenAiMedia.Find(model.Model) is not null || TokenEncodings.Find(model.Model) is not null => OpenAi(model, OpenAiMedia.Dearest),
        _ => Template(encoding: null, OpenAiMedia.Dearest),
    };

    private static ModelCost OpenAi(ModelProfile model, OpenAiMedia otherwise) => new()
    {
        Media = OpenAiMedia.Find(model.Model) ?? otherwise,
        Encoding = TokenEncodings.Find(model.Model),
        PerRequest = 32,
        WithTools = 64,
        PerProviderTool = 0,
    };

    private static ModelCost Template(TokenEncoding? encoding, OpenAiMedia media) => new()
    {
        Media = media,
        Encoding = encoding,
        PerRequest = 256,
        WithTools = 512,
        PerProviderTool = 0,
    };
}
