using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Tollgate.EndToEnd.Tests.Faults;

/// <summary>A caller who leaves or does not read: the upstream stops, and memory does not grow.</summary>
[Collection(Alone.Name)]
public sealed class LifecycleTests(FaultFixture fixture)
{
    private const int Tries = 6;
    private const long Bounded = 24 * 1024 * 1024;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    public static TheoryData<string, string> EachWire => Lanes.OfWires("");

    public static TheoryData<string, string> Streams => Lanes.OfWires("c3-stall2", "c200000-s512");

    [Theory]
    [MemberData(nameof(EachWire))]
    public async Task F_CallerLeavesWholeAnswer_UpstreamIsCancelledAtOnce(string wire, string label)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < Tries && best >= Soon; i++)
        {
            var target = new Target(wire, $"hang{label}") { FirstToken = 60_000 };
            await using var bench = await fixture.StartAsync(target);
            using var leaving = new CancellationTokenSource();
            var asking = bench.AskAsync(stream: false, cancellationToken: leaving.Token);
            var received = await bench.WaitForRequestAsync(target);

            best = Least(best, await TimeOfAbortAsync(received, leaving.Cancel));

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
            var row = await bench.RowAsync();
            Assert.Equal(("disconnected", 499, 1, 0L, true), (row.Status, row.HttpStatus, row.Attempts, row.Completion, row.Estimated));
            Assert.True(row.Prompt > 0);
        }
        Assert.True(best < Soon, $"At best {best.TotalMilliseconds} ms.");
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task F_CallerLeavesStream_UpstreamIsCancelledAtOnce(string wire, string scenario)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < Tries && best >= Soon; i++)
        {
            var target = new Target(wire, scenario) { MaxOutput = 1_000_000, ContextWindow = 2_000_000 };
            await using var bench = await fixture.StartAsync(target);
            using var socket = await SendAsync(bench);
            Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1]));
            var received = await bench.WaitForRequestAsync(target);

            best = Least(best, await TimeOfAbortAsync(received, socket.Close));

            var row = await bench.RowAsync();
            Assert.Equal(("disconnected", 200, 1, true), (row.Status, row.HttpStatus, row.Attempts, row.Estimated));
            Assert.True(row is { Prompt: > 0, Completion: > 0, Cost: > 0 });
        }
        Assert.True(best < Soon, $"At best {best.TotalMilliseconds} ms.");
    }

    [Theory]
    [InlineData("openai", """{"choices":[{"index":0,"delta":{"content":"TEXT"},"finish_reason":null}]}""")]
    [InlineData("anthropic", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"TEXT"}}""")]
    [InlineData("gemini", """{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"TEXT"}]}}]}""")]
    public async Task F_SlowCaller_UpstreamIsHeldBackAndMemoryStays(string wire, string chunk)
    {
        await using var upstream = RawUpstream.Endless($"data: {chunk.Replace("TEXT", new string('x', 2000), StringComparison.Ordinal)}\n\n");
        await using var bench = await fixture.StartAsync(new Target(wire, "endless") { Endpoint = upstream.Address });
        using var socket = await SendAsync(bench);
        Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1]));
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        var held = await StandstillAsync(upstream);

        Assert.InRange(held, 1, Bounded);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, Bounded);
        // It goes on as soon as the caller does.
        var buffer = new byte[1 << 20];
        using var patience = new CancellationTokenSource(FaultFixture.Patience);
        while (upstream.Written < held + (4 << 20))
        {
            Assert.NotEqual(0, await socket.ReceiveAsync(buffer, patience.Token));
        }
        socket.Close();
        var row = await bench.RowAsync();
        Assert.Equal(("disconnected", true), (row.Status, row.Estimated));
    }

    [Fact]
    public async Task F_SlowCallerOfTheSimulator_AnswerWaits()
    {
        // 100 MB: without a brake the Simulator would soon be through with it.
        var target = new Target("openai", "c200000-s512") { MaxOutput = 1_000_000, ContextWindow = 2_000_000 };
        await using var bench = await fixture.StartAsync(target);
        using var socket = await SendAsync(bench);
        Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1]));
        var received = await bench.WaitForRequestAsync(target);

        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal((1, false), (bench.Requests.ActiveStreams, received.WhenEnded.IsCompleted));
        socket.Close();

        await received.WhenAborted.WaitAsync(FaultFixture.Patience);
        // Counted as a token for four bytes.
        Assert.InRange((await bench.RowAsync()).Completion, 1, 200_000 * 512 / 4 / 4);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static async Task<TimeSpan> TimeOfAbortAsync(Tollgate.Simulator.RecordedRequest received, Action leave)
    {
        var clock = Stopwatch.StartNew();
        leave();
        await received.WhenAborted.WaitAsync(FaultFixture.Patience);
        return clock.Elapsed;
    }

    /// <summary>Waits until the upstream has not been able to write for a while; that is the time under test.</summary>
    private static async Task<long> StandstillAsync(RawUpstream upstream)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < FaultFixture.Patience)
        {
            var before = upstream.Written;
            await Task.Delay(400);
            if (upstream.Written == before || before > 4 * Bounded)
            {
                return upstream.Written;
            }
        }
        return upstream.Written;
    }

    private static async Task<Socket> SendAsync(Bench bench)
    {
        var body = Bench.Body(stream: true);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await socket.ConnectAsync(bench.Address.Host, bench.Address.Port);
        await socket.SendAsync(Encoding.UTF8.GetBytes(
            $"POST {Bench.Path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {Bench.Key}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
        return socket;
    }
}
