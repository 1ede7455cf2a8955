using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tollgate.Simulator.Wires;

/// <summary>A request as it came in, parsed but not yet understood.</summary>
internal sealed record Call(string Model, bool Streamed, JsonObject Body, HttpRequest Request);
