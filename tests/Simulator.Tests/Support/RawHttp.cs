using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Tollgate.Simulator.Tests;

/// <summary>Speaks HTTP over a bare socket, where a reset and the borders of the server's writes can be seen.</summary>
internal static class RawHttp
{
    /// <summary>Posts a chat completion; returns all bytes until the server closes, and how it did.</summary>
    public static async Task<(byte[] Bytes, SocketError Error)> PostAsync(Sim sim, string body)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(sim.Server.BaseAddress.Host, sim.Server.BaseAddress.Port);
        await socket.SendAsync(Encoding.UTF8.GetBytes(
            $"POST {Sim.OpenAi} HTTP/1.1\r\nHost: sim\r\nAuthorization: Bearer k\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
        var all = new MemoryStream();
        var buffer = new byte[4096];
        using var timeout = new CancellationTokenSource(Sim.Timeout);
        try
        {
            while (await socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var read)
                all.Write(buffer, 0, read);
            return (all.ToArray(), SocketError.Success);
        }
        catch (SocketException e)
        {
            return (all.ToArray(), e.SocketErrorCode);
        }
    }

    /// <summary>The chunks of a chunked body; each is one write of the server.</summary>
    public static IReadOnlyList<byte[]> Chunks(byte[] response)
    {
        var chunks = new List<byte[]>();
        var rest = response.AsSpan(response.AsSpan().IndexOf("\r\n\r\n"u8) + 4);
        while (true)
        {
            var end = rest.IndexOf("\r\n"u8);
            var size = int.Parse(rest[..end], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
                return chunks;
            chunks.Add(rest.Slice(end + 2, size).ToArray());
            rest = rest[(end + 2 + size + 2)..];
        }
    }
}
