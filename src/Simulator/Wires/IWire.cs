using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Answers;

namespace Tollgate.Simulator.Wires;

/// <summary>One provider's way to write requests, answers and errors. Stateless.</summary>
internal interface IWire
{
    /// <summary>The response header that names the request.</summary>
    string RequestIdHeader { get; }

    /// <summary>Whether a prompt that the content filter stops is answered with an error.</summary>
    bool BlocksByError { get; }

    /// <summary>The credential the request carries where this wire expects it; null if there is none.</summary>
    string? Credential(HttpRequest request);

    /// <summary>Reads and checks a request.</summary>
    /// <exception cref="RejectedException">The real API would refuse it.</exception>
    Prompt Read(Call call);

    /// <summary>The answer in one piece.</summary>
    JsonObject Whole(Answer answer);

    /// <summary>Whether a streamed answer goes out as server-sent events; else as a JSON array of their data.</summary>
    bool SendsEvents(HttpRequest request);

    /// <summary>The answer as a stream's events, in order.</summary>
    IEnumerable<WireEvent> Stream(Answer answer);

    /// <summary>The error about a prompt longer than the context window, whose words clients tell it by.</summary>
    Rejection Overflow(int promptTokens, int window);

    /// <summary>An error's HTTP status.</summary>
    int StatusOf(Rejection rejection);

    /// <summary>An error's body.</summary>
    JsonObject Error(Rejection rejection);

    /// <summary>An error in the middle of a stream.</summary>
    WireEvent ErrorEvent(Rejection rejection);
}
