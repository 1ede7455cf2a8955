using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Tollgate.Providers.RemoteFiles;

/// <summary>The edges where a fetch meets the network.</summary>
internal sealed class RemoteFileNetwork
{
    /// <summary>All addresses of a host name, or of an address written as one.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>Connects to an address that was checked.</summary>
    public Func<IPEndPoint, CancellationToken, ValueTask<Stream>> Connect { get; init; } = ConnectAsync;

    /// <summary>Null for the system's own judgement.</summary>
    public RemoteCertificateValidationCallback? ValidateCertificate { get; init; }

    private static async ValueTask<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
