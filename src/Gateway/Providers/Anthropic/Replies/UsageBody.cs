using System.Text.Json.Serialization;

namespace Tollgate.Providers.Anthropic.Replies;

/// <summary>Tokens. In a stream every number is the sum so far, and one that is absent stands as it was.</summary>
internal sealed class UsageBody
{
    public long? InputTokens { get; set; }

    public long? OutputTokens { get; set; }

    public long? CacheReadInputTokens { get; set; }

    public long? CacheCreationInputTokens { get; set; }

    public CacheCreation? CacheCreation { get; set; }

    public OutputTokensDetails? OutputTokensDetails { get; set; }

    public string? ServiceTier { get; set; }
}

internal sealed class CacheCreation
{
    [JsonPropertyName("ephemeral_1h_input_tokens")]
    public long? OneHour { get; set; }
}

internal sealed class OutputTokensDetails
{
    public long? ThinkingTokens { get; set; }
}
