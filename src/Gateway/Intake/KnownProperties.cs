namespace Tollgate.Intake;

/// <summary>The property names the scan acts on.</summary>
internal enum KnownProperty
{
    None,
    Model,
    Messages,
    Stream,
    StreamOptions,
    MaxTokens,
    MaxCompletionTokens,
    N,
    Temperature,
    TopP,
    TopLogprobs,
    FrequencyPenalty,
    PresencePenalty,
    Seed,
    Tools,
    ResponseFormat,
    Role,
    Content,
    ImageUrl,
    InputAudio,
    File,
    User,
    ServiceTier,
}

internal static class KnownProperties
{
    /// <summary>Bytes of the longest name with every character escaped.</summary>
    public const int LongestEscaped = 21 * 6;

    /// <summary>Finds an unescaped name by length, then by bytes: no hashing, no decoding.</summary>
    public static KnownProperty Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        1 when name[0] == 'n' => KnownProperty.N,
        4 when name.SequenceEqual("role"u8) => KnownProperty.Role,
        4 when name.SequenceEqual("seed"u8) => KnownProperty.Seed,
        4 when name.SequenceEqual("file"u8) => KnownProperty.File,
        4 when name.SequenceEqual("user"u8) => KnownProperty.User,
        5 when name.SequenceEqual("model"u8) => KnownProperty.Model,
        5 when name.SequenceEqual("tools"u8) => KnownProperty.Tools,
        5 when name.SequenceEqual("top_p"u8) => KnownProperty.TopP,
        6 when name.SequenceEqual("stream"u8) => KnownProperty.Stream,
        7 when name.SequenceEqual("content"u8) => KnownProperty.Content,
        8 when name.SequenceEqual("messages"u8) => KnownProperty.Messages,
        9 when name.SequenceEqual("image_url"u8) => KnownProperty.ImageUrl,
        10 when name.SequenceEqual("max_tokens"u8) => KnownProperty.MaxTokens,
        11 when name.SequenceEqual("temperature"u8) => KnownProperty.Temperature,
        11 when name.SequenceEqual("input_audio"u8) => KnownProperty.InputAudio,
        12 when name.SequenceEqual("top_logprobs"u8) => KnownProperty.TopLogprobs,
        12 when name.SequenceEqual("service_tier"u8) => KnownProperty.ServiceTier,
        14 when name.SequenceEqual("stream_options"u8) => KnownProperty.StreamOptions,
        15 when name.SequenceEqual("response_format"u8) => KnownProperty.ResponseFormat,
        16 when name.SequenceEqual("presence_penalty"u8) => KnownProperty.PresencePenalty,
        17 when name.SequenceEqual("frequency_penalty"u8) => KnownProperty.FrequencyPenalty,
        21 when name.SequenceEqual("max_completion_tokens"u8) => KnownProperty.MaxCompletionTokens,
        _ => KnownProperty.None,
    };
}
