using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tollgate.Catalogue;
using Tollgate.Conversation;
using Tollgate.Errors;

namespace Tollgate.Providers.Gemini.Requests;

/// <summary>Writes the body of <c>generateContent</c>. Streaming is chosen by the URL: the body is the same.</summary>
internal static class GeminiRequestWriter
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="CallerErrorException">The request cannot be said in this wire.</exception>
    public static void Write(
        ChatRequest request, ModelProfile model, GeminiPlatform platform, string origin, Translation translation, IBufferWriter<byte> body)
    {
        using var json = new Utf8JsonWriter(body, Options);
        var scope = new RequestScope(request, model, platform, origin, translation, json);
        scope.Json.WriteStartObject();
        new ContentsWriter(scope).Write();
        ToolsWriter.Write(scope);
        GenerationConfigWriter.Write(scope);
        LabelsWriter.Write(scope);
        scope.Json.WriteEndObject();
        UnmappedParameters.Report(scope);
    }
}
