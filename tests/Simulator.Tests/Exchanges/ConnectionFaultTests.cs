using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Tollgate.Simulator.Tests.Exchanges;

public sealed class ConnectionFaultTests
{
    [Fact]
    public async Task Reset_OnSocket_IsARealReset()
    {
        await using var sim = await Sim.StartAsync();
        var (bytes, error) = await RawHttp.PostAsync(sim, Bodies.OpenAi("sim-reset").ToJsonString());
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.Empty(bytes);
    }

    [Fact]
    public async Task Cut_OnSocket_DeliversAllChunksThenResets()
    {
        await using var sim = await Sim.StartAsync();
        var (bytes, error) = await RawHttp.PostAsync(sim, Bodies.OpenAi("sim-c20-cut7", stream: true).ToJsonString());
        var text = Encoding.UTF8.GetString(bytes);
        Assert.Equal(SocketError.ConnectionReset, error);
        Assert.Equal(8, text.Split("\"content\":").Length - 1);
        Assert.DoesNotContain("finish_reason\":\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task Cut_WithClient_BreaksTheBody(string wire)
    {
        await using var sim = await Sim.StartAsync();
        foreach (var stream in new[] { true, false })
        {
            var (path, body) = Wire.Request(wire, "sim-cut2", stream);
            using var response = await sim.SendAsync(path, body);
            Assert.True(response.IsSuccessStatusCode);
            await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync());
        }

        Assert.All(sim.Server.Requests.Snapshot(), r => Assert.False(r.Aborted));
    }

    [Fact]
    public async Task Reset_LimitedToTwo_ThirdIsAnswered()
    {
        await using var sim = await Sim.StartAsync();
        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAsync<HttpRequestException>(() => sim.SendAsync(Sim.OpenAi, Bodies.OpenAi("sim-resetx2")));
        var (status, _) = await sim.PostAsync(Sim.OpenAi, Bodies.OpenAi("sim-resetx2"));
        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task End_Reached_EndsCleanlyWithoutFinish(bool stream)
    {
        await using var sim = await Sim.StartAsync();
        using var response = await sim.SendAsync(Sim.OpenAi, Bodies.OpenAi("sim-c9-end2", stream));
        var text = await response.Content.ReadAsStringAsync();
        if (stream)
        {
            Assert.Equal(3, Sse.Parse(text).Count);
            Assert.DoesNotContain("\"finish_reason\":\"stop\"", text, StringComparison.Ordinal);
        }
        else
        {
            Assert.StartsWith("{\"id\"", text, StringComparison.Ordinal);
            Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(text));
        }
    }

    [Fact]
    public async Task End_AfterAllChunks_OnlyLacksTheFinish()
    {
        await using var sim = await Sim.StartAsync();
        var items = await sim.StreamAsync(Sim.Anthropic, Bodies.Anthropic("sim-c3-end3", stream: true));
        Assert.Equal("content_block_stop", items[^1].Name);
    }

    [Fact]
    public async Task Hang_ClientLeaves_IsRecordedAsAborted()
    {
        await using var sim = await Sim.StartAsync();
        using var leave = new CancellationTokenSource();
        var pending = sim.SendAsync(Sim.OpenAi, Bodies.OpenAi("sim-hang"), ct: leave.Token);
        var record = await sim.Server.Requests.WaitForAsync(r => r.Model == "sim-hang", Sim.Timeout);
        Assert.False(pending.IsCompleted);
        Assert.False(record.Aborted);

        await leave.CancelAsync();
        await record.WhenAborted.WaitAsync(Sim.Timeout);
        await record.WhenEnded.WaitAsync(Sim.Timeout);
        Assert.Equal(0, sim.Server.Requests.Served);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
    }

    [Theory]
    [InlineData("sim-silent", 0)]
    [InlineData("sim-c9-stall2", 3)]
    public async Task Stall_Reached_KeepsTheStreamOpen(string model, int events)
    {
        await using var sim = await Sim.StartAsync();
        using var response = await sim.SendAsync(Sim.OpenAi, Bodies.OpenAi(model, stream: true));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < events * 2; i++)
            Assert.NotNull(await reader.ReadLineAsync());

        var next = reader.ReadLineAsync();
        var record = Assert.Single(sim.Server.Requests.Snapshot());
        Assert.False(record.WhenEnded.IsCompleted);
        Assert.Equal(1, sim.Server.Requests.ActiveStreams);
        Assert.False(next.IsCompleted);

        response.Dispose();
        await sim.Server.Requests.WaitForAsync(r => r.Aborted && r.WhenEnded.IsCompleted, Sim.Timeout);
        Assert.Equal(0, sim.Server.Requests.ActiveStreams);
    }

    [Fact]
    public async Task Dispose_WithHangingRequest_ReleasesIt()
    {
        await using var sim = await Sim.StartAsync();
        var pending = sim.SendAsync(Sim.OpenAi, Bodies.OpenAi("sim-hang"));
        var record = await sim.Server.Requests.WaitForAsync(_ => true, Sim.Timeout);
        await sim.Server.DisposeAsync();
        await record.WhenEnded.WaitAsync(Sim.Timeout);
        Assert.False(record.Aborted);
        await Assert.ThrowsAsync<HttpRequestException>(() => pending);
    }
}
