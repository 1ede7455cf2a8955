using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires.OpenAi;

/// <summary>
/// OpenAI's chat completions, see https://platform.openai.com/docs/api-reference/chat, and Azure's variant of them
/// with content filter results.
/// </summary>
internal sealed class OpenAiWire(bool azure) : IWire
{
    public string RequestIdHeader => azure ? "apim-request-id" : "x-request-id";

    public bool BlocksByError => true;

    public string? Credential(HttpRequest request) =>
        Credentials.Bearer(request) ?? Credentials.Header(request, "api-key");

    public Prompt Read(Call call) => OpenAiRequest.Read(call);

    public JsonObject Whole(Answer answer) => OpenAiReply.Write(answer, azure);

    public bool SendsEvents(HttpRequest request) => true;

    public IEnumerable<WireEvent> Stream(Answer answer) => new OpenAiStream(answer, azure).Events();

    public Rejection Overflow(int promptTokens, int window) => new(ErrorKind.ContextLength, 400, string.Create(
        CultureInfo.InvariantCulture, $"This model's maximum context length is {window} tokens. However, your messages resulted in {promptTokens} tokens. Please reduce the length of the messages."));

    public int StatusOf(Rejection rejection) => rejection.Status;

    public JsonObject Error(Rejection rejection) =>
        azure ? AzureParts.Error(rejection) : OpenAiErrors.Write(rejection);

    public WireEvent ErrorEvent(Rejection rejection) => WireEvent.Of(Part.Closing, Error(rejection));
}
