using Microsoft.AspNetCore.Http;
using Tollgate.Simulator.Scenarios;
using Tollgate.Simulator.Wires;

namespace Tollgate.Simulator.Exchanges;

/// <summary>One request on its way to its reply.</summary>
internal sealed record Exchange(HttpContext Context, IWire Wire, RecordedRequest Record, Scenario Scenario, Pacer Pacer)
{
    /// <summary>Cancelled when the client leaves or the simulator stops.</summary>
    public required CancellationToken Cancelled { get; init; }

    /// <summary>What an error token answers with.</summary>
    public static Rejection ServerError { get; } = Rejection.OfStatus(StatusCodes.Status500InternalServerError);

    /// <summary>Answers with an error in the wire's form.</summary>
    public async Task RejectAsync(Rejection rejection)
    {
        Context.Response.StatusCode = Wire.StatusOf(rejection);
        if (rejection.RetryAfter is { } seconds)
            Context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await SendAsync(Json.Write(Wire.Error(rejection)), "application/json");
    }

    /// <summary>Sends a whole body.</summary>
    public async Task SendAsync(string body, string contentType)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        await using var sink = await ReplySink.OpenAsync(Context.Response, Scenario, contentType, bytes.Length, Cancelled);
        await sink.WriteAsync(bytes, Cancelled);
    }
}
