using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tollgate.Streaming;

/// <summary>
/// The caller's end of a stream. One writer at a time: the relay, or while it waits for the upstream, its
/// <see cref="StreamWatch"/>. Flushing waits for a slow caller, which is what slows the upstream down.
/// </summary>
internal sealed class CallerStream(HttpContext http, TimeProvider time)
{
    private long writtenAt = time.GetTimestamp();

    public PipeWriter Writer => http.Response.BodyWriter;

    /// <summary>Status 200 and the headers are on their way: errors are told in the stream from here on.</summary>
    public bool IsStarted { get; private set; }

    public TimeSpan SinceLastWrite => time.GetElapsedTime(Volatile.Read(ref writtenAt));

    public void Start()
    {
        IsStarted = true;
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers["x-accel-buffering"] = "no";
    }

    /// <summary>Bytes written and not yet flushed; none where the server does not count them, which then flushes at once.</summary>
    public long Unflushed => Writer.CanGetUnflushedBytes ? Writer.UnflushedBytes : long.MaxValue;

    public void Write(ReadOnlySpan<byte> bytes) => Writer.Write(bytes);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (Writer.CanGetUnflushedBytes && Writer.UnflushedBytes == 0)
        {
            return;
        }
        await Writer.FlushAsync(cancellationToken);
        Volatile.Write(ref writtenAt, time.GetTimestamp());
    }

    /// <summary>A comment that keeps proxies from taking silence for death. Starts the answer if need be.</summary>
    public ValueTask KeepAliveAsync(CancellationToken cancellationToken)
    {
        if (!IsStarted)
        {
            Start();
        }
        Write(": keep-alive\n\n"u8);
        return FlushAsync(cancellationToken);
    }
}
