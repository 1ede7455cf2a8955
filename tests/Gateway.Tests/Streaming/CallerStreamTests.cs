using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Streaming;

public sealed class CallerStreamTests
{
    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly Pipe pipe = new();

    [Fact]
    public void Start_SetsTheHeadersOfAStream()
    {
        var http = Http();
        var stream = new CallerStream(http, time);
        Assert.False(stream.IsStarted);
        stream.Start();
        Assert.True(stream.IsStarted);
        Assert.Equal("text/event-stream; charset=utf-8", http.Response.ContentType);
        Assert.Equal(("no-cache", "no"), ((string?)http.Response.Headers.CacheControl, (string?)http.Response.Headers["x-accel-buffering"]));
    }

    [Fact]
    public async Task FlushAsync_WhatWasWritten_ReachesTheCaller()
    {
        var stream = new CallerStream(Http(), time);
        stream.Write("data: a\n\n"u8);
        await stream.FlushAsync(CancellationToken.None);
        Assert.Equal("data: a\n\n", await SentAsync());
    }

    [Fact]
    public async Task SinceLastWrite_IsCountedFromTheLastFlushThatSentAnything()
    {
        var stream = new CallerStream(Http(), time);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), stream.SinceLastWrite);
        await stream.FlushAsync(CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(7), stream.SinceLastWrite);
        stream.Write("x"u8);
        await stream.FlushAsync(CancellationToken.None);
        Assert.Equal(TimeSpan.Zero, stream.SinceLastWrite);
    }

    [Fact]
    public async Task KeepAliveAsync_BeforeTheAnswer_StartsItWithAComment()
    {
        var stream = new CallerStream(Http(), time);
        await stream.KeepAliveAsync(CancellationToken.None);
        Assert.True(stream.IsStarted);
        Assert.Equal(": keep-alive\n\n", await SentAsync());
    }

    [Fact]
    public async Task FlushAsync_SlowCaller_WaitsUntilItReads()
    {
        var narrow = new Pipe(new PipeOptions(pauseWriterThreshold: 4, resumeWriterThreshold: 2, useSynchronizationContext: false));
        var stream = new CallerStream(Http(narrow), time);
        stream.Write("more than four"u8);
        var flush = stream.FlushAsync(CancellationToken.None).AsTask();
        Assert.False(flush.IsCompleted);
        var read = await narrow.Reader.ReadAsync();
        narrow.Reader.AdvanceTo(read.Buffer.End);
        await flush.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private DefaultHttpContext Http(Pipe? to = null)
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseBodyFeature>(new PipeBody((to ?? pipe).Writer));
        return http;
    }

    private async Task<string> SentAsync()
    {
        var read = await pipe.Reader.ReadAsync();
        var text = Encoding.UTF8.GetString(read.Buffer);
        pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
