using System.Text;
using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Streaming;

public sealed class SseReaderTests
{
    [Theory]
    [InlineData("data: a\n\ndata: b\n\n", "|a", "|b")]
    [InlineData("data: a\r\n\r\ndata: b\r\n\r\n", "|a", "|b")]
    [InlineData("data: a\r\rdata: b\r\r", "|a", "|b")]
    [InlineData("\uFEFFdata: a\n\n", "|a")]
    [InlineData("event: ping\ndata:{}\n\n", "ping|{}")]
    [InlineData("data: a\ndata: b\ndata:\n\n", "|a\nb\n")]
    [InlineData(": comment\n\ndata: a\nid: 7\nretry: 5\n\n", "-", "|a")]
    [InlineData("data: a\n\ndata: [DONE]", "|a", "|[DONE]")]
    [InlineData("data\n\n", "|")]
    [InlineData("data: 你好，世界 🙂\n\n", "|你好，世界 🙂")]
    [InlineData("database: x\ndata:  two\n\n", "| two")]
    public async Task TryRead_AnyReadSize_GivesTheSameEvents(string stream, params string[] expected)
    {
        foreach (var size in new[] { 1, 2, 3, 7, 4096 })
        {
            var (events, raw) = await ReadAsync(stream, size);
            Assert.Equal(expected, events);
            Assert.Equal(stream.TrimStart('\uFEFF').ReplaceLineEndings("\n"), raw.ReplaceLineEndings("\n"));
        }
    }

    [Fact]
    public async Task TryRead_LineOfFiveMegabytes_IsOneEvent()
    {
        var (events, _) = await ReadAsync($"data: {new string('x', 5_000_000)}\n\ndata: y\n\n", 16_384);
        Assert.Equal([5_000_001, 2], events.Select(item => item.Length));
    }

    [Fact]
    public async Task FillAsync_EventBeyondTheLimit_Throws()
    {
        using var reader = new SseReader(new MemoryStream(new byte[100_000]), maxEventBytes: 20_000);
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            while (await reader.FillAsync(CancellationToken.None))
            {
                Assert.False(reader.TryRead(out _));
            }
        });
    }

    private static async Task<(List<string> Events, string Raw)> ReadAsync(string stream, int size)
    {
        using var reader = new SseReader(new ShortReads(Encoding.UTF8.GetBytes(stream), size));
        var events = new List<string>();
        var raw = new MemoryStream();
        bool more;
        do
        {
            more = await reader.FillAsync(CancellationToken.None);
            while (reader.TryRead(out var read))
            {
                raw.Write(read.Raw);
                events.Add(read.HasData ? $"{Encoding.UTF8.GetString(read.Type)}|{Encoding.UTF8.GetString(read.Data)}" : "-");
            }
        }
        while (more);
        return (events, Encoding.UTF8.GetString(raw.ToArray()));
    }
}
