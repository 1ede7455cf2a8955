using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tollgate.Gateway.Tests.Ledger;

/// <summary>A port that leads to another one, and can be closed: what goes through it breaks off, and nothing new gets in.</summary>
internal sealed class TcpGate : IAsyncDisposable
{
    private readonly ConcurrentBag<Socket> sockets = [];
    private readonly TcpListener probe = new(IPAddress.Loopback, 0);
    private Socket? listener;
    private Task accepting = Task.CompletedTask;

    public TcpGate(int target)
    {
        Target = target;
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Open();
    }

    public int Target { get; }

    public int Port { get; }

    public void Open()
    {
        listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        listener.Listen();
        accepting = AcceptAsync(listener);
    }

    public void Close()
    {
        listener?.Dispose();
        while (sockets.TryTake(out var socket))
        {
            socket.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await accepting;
        probe.Dispose();
    }

    private async Task AcceptAsync(Socket from)
    {
        try
        {
            while (true)
            {
                var near = await from.AcceptAsync();
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(near);
                sockets.Add(far);
                await far.ConnectAsync(IPAddress.Loopback, Target);
                _ = CopyAsync(near, far);
                _ = CopyAsync(far, near);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The gate was closed.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            await source.CopyToAsync(target);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException)
        {
            // One side went away; the other finds out by itself.
        }
    }
}
