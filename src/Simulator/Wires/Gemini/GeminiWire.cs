using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Gemini;

/// <summary>
/// Google's generateContent, see https://ai.google.dev/api/generate-content, with a key, or Vertex's with an access token.
/// </summary>
internal sealed class GeminiWire(bool vertex) : IWire
{
    public string RequestIdHeader => "x-goog-request-id";

    public bool BlocksByError => false;

    public string? Credential(HttpRequest request)
    {
        if (vertex)
            return Credentials.Bearer(request);
        var key = request.Query["key"].ToString();
        return Credentials.Header(request, "x-goog-api-key") ?? (key.Length > 0 ? key : null);
    }

    public Prompt Read(Call call) => GeminiRequest.Read(call, vertex);

    public JsonObject Whole(Answer answer) => GeminiReply.Write(answer);

    public bool SendsEvents(HttpRequest request) => request.Query["alt"].ToString() is "sse";

    public IEnumerable<WireEvent> Stream(Answer answer) => GeminiStream.Events(answer);

    public Rejection Overflow(int promptTokens, int window) => new(ErrorKind.ContextLength, 400, string.Create(
        CultureInfo.InvariantCulture, $"The input token count ({promptTokens}) exceeds the maximum number of tokens allowed ({window})."));

    public int StatusOf(Rejection rejection) => GeminiErrors.StatusOf(rejection, vertex);

    public JsonObject Error(Rejection rejection) => GeminiErrors.Write(rejection, vertex);

    public WireEvent ErrorEvent(Rejection rejection) => WireEvent.Of(Part.Closing, Error(rejection));
}
