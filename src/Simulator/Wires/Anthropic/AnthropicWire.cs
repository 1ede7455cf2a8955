using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.Anthropic;

/// <summary>
/// Anthropic's messages, see https://docs.claude.com/en/api/messages, and Vertex's variant, where model and stream
/// stand in the path and the version in the body.
/// </summary>
internal sealed class AnthropicWire(bool vertex) : IWire
{
    public string RequestIdHeader => "request-id";

    public bool BlocksByError => false;

    public string? Credential(HttpRequest request) =>
        (vertex ? null : Credentials.Header(request, "x-api-key")) ?? Credentials.Bearer(request);

    public Prompt Read(Call call) => AnthropicRequest.Read(call, vertex);

    public JsonObject Whole(Answer answer) => AnthropicReply.Write(answer);

    public bool SendsEvents(HttpRequest request) => true;

    public IEnumerable<WireEvent> Stream(Answer answer) => new AnthropicStream(answer).Events();

    public Rejection Overflow(int promptTokens, int window) => new(ErrorKind.ContextLength, 400, string.Create(
        CultureInfo.InvariantCulture, $"prompt is too long: {promptTokens} tokens > {window} maximum"));

    public int StatusOf(Rejection rejection) => rejection.Status;

    public JsonObject Error(Rejection rejection) => AnthropicErrors.Write(rejection);

    public WireEvent ErrorEvent(Rejection rejection) => WireEvent.Of(Part.Closing, Error(rejection), "error");
}
