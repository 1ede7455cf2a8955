using System.Text.Json.Serialization;

namespace Tollgate.Conversation;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    MaxDepth = 64)]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(List<ContentPart>))]
[JsonSerializable(typeof(List<ToolCall>))]
internal sealed partial class ConversationJson : JsonSerializerContext;
