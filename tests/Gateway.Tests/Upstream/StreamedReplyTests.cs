using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Tollgate.Dialects.OpenAi;
using Tollgate.Errors;
using Tollgate.Gateway.Tests.Streaming;
using Tollgate.Streaming;
using Tollgate.Upstream;

namespace Tollgate.Gateway.Tests.Upstream;

public sealed class StreamedReplyTests
{
    private const string Annotation = "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n";
    private const string Role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    private const string Text = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    private const string Finish = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Error = "data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\"}}\n\n";

    private readonly FakeTimeProvider time = new(Some.Now);
    private readonly Pipe upstream = new();
    private readonly Pipe downstream = new();

    [Fact]
    public async Task F_AzuresEmptyFirstChunk_IsHeldBackUntilTheFirstOutput()
    {
        using var reply = Reply();
        var waiting = reply.WaitForOutputAsync().AsTask();
        await SendAsync(Annotation);
        await SendAsync(Role);
        Assert.False(waiting.IsCompleted || downstream.Reader.TryRead(out _));
        await SendAsync(Text);
        Assert.Null(await waiting);
        Assert.False(downstream.Reader.TryRead(out _));
        await SendAsync(Finish + "data: [DONE]\n\n");
        Assert.Null(await reply.RelayAsync(Caller(), time));
        Assert.Equal(Annotation + Role + Text + Finish, await ReceivedAsync());
    }

    [Theory]
    [InlineData(Annotation + Error, nameof(FailureKind.ServerError))]
    [InlineData(Text + Error, nameof(FailureKind.ServerError))]
    [InlineData(Annotation, nameof(FailureKind.BadReply))]
    [InlineData("", nameof(FailureKind.BadReply))]
    [InlineData("<html>\n\n", nameof(FailureKind.BadReply))]
    [InlineData(Role + "data: [DONE]\n\n", nameof(FailureKind.BadReply))]
    public async Task F_ErrorInsideA200_BeforeAnyOutput_IsAFailedAttempt(string stream, string kind)
    {
        using var reply = Reply();
        await SendAsync(stream);
        await upstream.Writer.CompleteAsync();
        Assert.Equal(kind, (await reply.WaitForOutputAsync())?.Kind.ToString());
    }

    [Fact]
    public async Task F_ErrorInsideAStream_AfterTheFirstOutput_IsNoFinish()
    {
        using var reply = Reply();
        await SendAsync(Text);
        Assert.Null(await reply.WaitForOutputAsync());
        await SendAsync(Error);
        Assert.Equal(FailureKind.ServerError, (await reply.RelayAsync(Caller(), time))?.Kind);
        Assert.Equal(Text, await ReceivedAsync());
    }

    [Theory]
    [InlineData(Text, nameof(FailureKind.Cut))]
    [InlineData(Text + Finish, null)]
    [InlineData(Text + Finish + "data: [DONE]\n\n", null)]
    [InlineData(Text + "data: {\"choices\":[{\"delta\":{\"content\":\"cu", nameof(FailureKind.Cut))]
    public async Task F_CutStream_IsWholeOnlyWithItsFinishReason(string stream, string? kind)
    {
        using var reply = Reply();
        await SendAsync(stream);
        await upstream.Writer.CompleteAsync();
        Assert.Null(await reply.WaitForOutputAsync());
        Assert.Equal(kind, (await reply.RelayAsync(Caller(), time))?.Kind.ToString());
    }

    [Theory]
    [InlineData(Text, nameof(FailureKind.Cut))]
    [InlineData(Text + Finish, null)]
    public async Task F_CutStream_ConnectionReset_IsWholeOnlyAfterTheFinish(string stream, string? kind)
    {
        using var reply = Reply();
        await SendAsync(stream);
        Assert.Null(await reply.WaitForOutputAsync());
        await upstream.Writer.CompleteAsync(new IOException("reset"));
        Assert.Equal(kind, (await reply.RelayAsync(Caller(), time))?.Kind.ToString());
    }

    [Theory]
    [InlineData(Text, 29, 32, nameof(FailureKind.Timeout))]
    [InlineData(Text + Finish, 1, 3, null)]
    public async Task F_DoneMissing_SilentUpstream_EndsTheRelay(string stream, int before, int after, string? kind)
    {
        using var reply = Reply();
        await SendAsync(stream);
        Assert.Null(await reply.WaitForOutputAsync());
        var relaying = reply.RelayAsync(Caller(), time);
        Pass(before);
        Assert.False(relaying.IsCompleted);
        Pass(after - before);
        Assert.Equal(kind, (await relaying.AsTask().WaitAsync(TimeSpan.FromSeconds(10)))?.Kind.ToString());
    }

    [Fact]
    public async Task RelayAsync_CallerGone_IsNoFailureOfTheUpstreams()
    {
        using var gone = new CancellationTokenSource();
        using var reply = Reply(gone.Token);
        await SendAsync(Text);
        Assert.Null(await reply.WaitForOutputAsync());
        var relaying = reply.RelayAsync(Caller(), time).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => relaying);
    }

    private StreamedReply Reply(CancellationToken callerGone = default) => new(
        Some.Deployment(),
        [],
        new HttpResponseMessage(),
        upstream.Reader.AsStream(),
        new PassThroughLane(new OpenAiReplyHead("c", 1, "m"), 1, includeUsage: false),
        new AttemptScope(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), time, callerGone));

    private CallerStream Caller()
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseBodyFeature>(new PipeBody(downstream.Writer));
        return new CallerStream(http, time);
    }

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds * 4; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
        }
    }

    private async Task SendAsync(string text) => await upstream.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private async Task<string> ReceivedAsync()
    {
        await downstream.Writer.CompleteAsync();
        var text = new StringBuilder();
        while (true)
        {
            var read = await downstream.Reader.ReadAsync();
            text.Append(Encoding.UTF8.GetString(read.Buffer));
            downstream.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return text.ToString();
            }
        }
    }
}
