using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Conversation;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Writes the body of <c>generateContent</c>. Streaming is chosen by the URL: the body is the same.</summary>
internal static class GeminiRequestWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(
        ChatRequest request, ModelProfile model, GeminiPlatform platform, string origin, Translation translation, IBufferWriter<byte> body)
    {
        using var json = new Utf8JsonWriter(body, Options);
        var scope = new RequestScope(request, model, platform, origin, translation, json);
        json.WriteStartObject();
        new ContentsWriter(scope).Write();
        ToolsWriter.Write(scope);
        GenerationConfigWriter.Write(scope);
        LabelsWriter.Write(scope);
        json.WriteEndObject();
        UnmappedParameters.Report(scope);
    }
}
