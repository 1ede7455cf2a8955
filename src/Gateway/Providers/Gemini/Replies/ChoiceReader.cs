using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tollgate.Conversation;

namespace Tollgate.Providers.Gemini.Replies;

/// <summary>Reads one candidate, whole or over the events of a stream.</summary>
/// <param name="origin">The origin of its thought signatures.</param>
/// <param name="ids">Mints ids for the whole answer.</param>
/// <param name="streamed">Calls carry their index.</param>
internal sealed class ChoiceReader(string origin, CallIds ids, bool streamed)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private int calls;
    private bool signed;
    private string? textSignature;

    public bool CalledTools => calls > 0;

    public bool Finished { get; set; }

    /// <summary>Adds what the parts say to <paramref name="message"/>. Parts of other kinds than text, call and image are Google's own affair.</summary>
    public void Read(Candidate candidate, ReplyMessage message)
    {
        foreach (var part in candidate.Content?.Parts ?? [])
        {
            switch (part)
            {
                case { FunctionCall: { } call }:
                    (message.ToolCalls ??= []).Add(Call(call, part.ThoughtSignature));
                    break;
                case { Thought: true }:
                    message.ReasoningContent += part.Text;
                    break;
                case { InlineData: { Data: { } data, MimeType: { } type } } when type.StartsWith("image/", StringComparison.Ordinal):
                    (message.Images ??= []).Add(new ContentPart { Type = "image_url", ImageUrl = new ImageUrl { Url = $"data:{type};base64,{data}" } });
                    break;
                case { Text: { } text }:
                    message.Content += text;
                    textSignature = part.ThoughtSignature ?? textSignature;
                    break;
            }
        }
    }

    /// <summary>
    /// The message's own <c>extra_content</c>, for its end: clients join the pieces of a stream by appending strings, so it is
    /// sent once. Null for a choice without signatures.
    /// </summary>
    public JsonElement? Mark() => signed || textSignature is not null ? ReplyOrigin.Mark(origin, textSignature) : null;

    private ToolCall Call(FunctionCallPart call, string? signature)
    {
        signed |= signature is not null;
        var position = calls++;
        return new ToolCall
        {
            Index = streamed ? position : null,
            Id = string.IsNullOrEmpty(call.Id) ? ids.Next() : call.Id,
            Type = "function",
            Function = new FunctionCall { Name = call.Name ?? "", Arguments = Arguments(call.Args) },
            ExtraContent = signature is null ? null : Signed(signature),
        };
    }

    /// <summary>Google indents whole answers; arguments are written without, but for those that hold half a surrogate pair.</summary>
    private static string Arguments(JsonElement? args)
    {
        if (args is not { ValueKind: JsonValueKind.Object } given)
        {
            return "{}";
        }
        try
        {
            return Text(given.WriteTo);
        }
        catch (InvalidOperationException)
        {
            return given.GetRawText();
        }
    }

    private static JsonElement Signed(string signature) => JsonElement.Parse(Text(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("google");
        json.WriteString("thought_signature", signature);
        json.WriteEndObject();
        json.WriteEndObject();
    }));

    private static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            write(json);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
