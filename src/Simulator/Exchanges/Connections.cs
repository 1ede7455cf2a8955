using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Tollgate.Simulator.Exchanges;

/// <summary>Ways for a connection to end badly.</summary>
internal static class Connections
{
    /// <summary>Closes the connection with a TCP reset.</summary>
    public static void Reset(HttpContext context, RecordedRequest record)
    {
        record.OnCutByServer();
        // Closing without linger sends RST in place of FIN.
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        }

        context.Abort();
    }

    /// <summary>Leaves the connection open and silent until the client or the server closes it.</summary>
    public static Task HangAsync(CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);
}
