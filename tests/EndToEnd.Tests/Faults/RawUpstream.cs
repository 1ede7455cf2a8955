using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>An upstream that answers with whatever bytes a test wants, one connection for each request.</summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<Stream, CancellationToken, Task> answer;
    private readonly Task accepting;
    private long written;
    private int requests;

    /// <param name="answer">Writes status line, headers and body.</param>
    public RawUpstream(Func<Stream, CancellationToken, Task> answer)
    {
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>Bytes that the gateway's side has taken, as counted by <see cref="EndlessAsync"/>.</summary>
    public long Written => Interlocked.Read(ref written);

    public int Requests => Volatile.Read(ref requests);

    /// <summary>A stream whose event does not end, and which never does itself.</summary>
    public static RawUpstream Endless(string chunk)
    {
        RawUpstream? endless = null;
        endless = new RawUpstream((stream, cancellationToken) => endless!.EndlessAsync(stream, chunk, cancellationToken));
        return endless;
    }

    /// <summary>Always the same answer, then the connection's end.</summary>
    public static RawUpstream Canned(string contentType, string body, string headers = "") => Canned(() => (contentType, Encoding.UTF8.GetBytes(body)), headers);

    public static RawUpstream Canned(Func<(string ContentType, byte[] Body)> next, string headers = "") => new(async (stream, cancellationToken) =>
    {
        var (contentType, body) = next();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\n{headers}Connection: close\r\n\r\n"), cancellationToken);
        await stream.WriteAsync(body, cancellationToken);
    });

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await using var stream = client.GetStream();
                await ReadRequestAsync(stream, stopping.Token);
                Interlocked.Increment(ref requests);
                await answer(stream, stopping.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The gateway left, or the test is over.
            }
        }
    }

    private async Task EndlessAsync(Stream stream, string chunk, CancellationToken cancellationToken)
    {
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
        var bytes = Encoding.UTF8.GetBytes(chunk);
        while (true)
        {
            await stream.WriteAsync(bytes, cancellationToken);
            Interlocked.Add(ref written, bytes.Length);
        }
    }

    private static async Task ReadRequestAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var (buffer, count, bodyAt) = (new byte[256 * 1024], 0, -1);
        while (bodyAt < 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(count), cancellationToken);
            count += read > 0 ? read : throw new IOException("The request ended early.");
            bodyAt = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
        }
        var head = Encoding.ASCII.GetString(buffer, 0, bodyAt);
        var length = head.Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))["Content-Length:".Length..];
        var left = int.Parse(length, CultureInfo.InvariantCulture) - (count - bodyAt - 4);
        while (left > 0)
        {
            left -= await stream.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), cancellationToken) is > 0 and var read ? read : throw new IOException("The request ended early.");
        }
    }
}
