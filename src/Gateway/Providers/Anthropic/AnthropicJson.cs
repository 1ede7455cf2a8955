using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tollgate.Providers.Anthropic.Replies;

namespace Tollgate.Providers.Anthropic;

/// <summary>What is read of Anthropic's answers. Members that are not named here are skipped unread.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(StreamEvent))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class AnthropicJson : JsonSerializerContext
{
    /// <summary>Text and base64 are written as they are, not as <c>\u</c> escapes.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
