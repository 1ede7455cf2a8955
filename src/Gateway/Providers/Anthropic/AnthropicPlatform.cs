namespace Tollgate.Providers.Anthropic;

/// <summary>Who serves the Messages API; the body differs in its first members only.</summary>
internal enum AnthropicPlatform
{
    /// <summary>Anthropic itself, and services with the same body such as Microsoft Foundry: the body names the model.</summary>
    Direct,

    /// <summary>Google Vertex AI: the URL names the model, the body the API's version.</summary>
    Vertex,
}
