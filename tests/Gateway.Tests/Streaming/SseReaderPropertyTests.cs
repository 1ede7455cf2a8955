using System.Text;
using CsCheck;
using Tollgate.Streaming;

namespace Tollgate.Gateway.Tests.Streaming;

public sealed class SseReaderPropertyTests
{
    private static readonly Gen<string> Text = OneOf("", "x", " y", "{\"a\":1}", "世界 🙂", ":", "data: no", new string('z', 9_000));

    private static readonly Gen<(string Type, string[] Data, bool Comment, int LineEnd)> Event =
        Gen.Select(OneOf("", "ping", "message_delta"), Text.Array[0, 3], Gen.Bool, Gen.Int[0, 2]);

    [Fact]
    public Task TryRead_AnyEventsSplitAnywhere_AreTheSameEvents() =>
        Gen.Select(Event.Array[0, 6], Gen.Int[1, 20_000].Array[1, 8], Gen.Bool).SampleAsync(async (events, sizes, mark) =>
        {
            var stream = new StringBuilder(mark ? "\uFEFF" : "");
            foreach (var (type, data, comment, lineEnd) in events)
            {
                var end = lineEnd switch { 0 => "\n", 1 => "\r\n", _ => "\r" };
                stream.Append(comment ? $": note{end}" : "");
                stream.Append(type.Length > 0 ? $"event: {type}{end}" : "");
                stream.Append(string.Concat(data.Select(line => $"data: {line}{end}")));
                stream.Append(end);
            }
            var expected = events.Where(item => item.Data.Length > 0).Select(item => (item.Type, string.Join('\n', item.Data)));
            Assert.Equal(expected, await ReadAsync(Encoding.UTF8.GetBytes(stream.ToString()), sizes));
        }, iter: 300);

    private static async Task<List<(string Type, string Data)>> ReadAsync(byte[] stream, int[] sizes)
    {
        using var reader = new SseReader(new Pieces(stream, sizes));
        var events = new List<(string Type, string Data)>();
        bool more;
        do
        {
            more = await reader.FillAsync(CancellationToken.None);
            while (reader.TryRead(out var read))
            {
                if (read.HasData)
                {
                    events.Add((Encoding.UTF8.GetString(read.Type), Encoding.UTF8.GetString(read.Data)));
                }
            }
        }
        while (more);
        return events;
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Gives pieces of the given sizes, over and over.</summary>
    private sealed class Pieces(byte[] bytes, int[] sizes) : MemoryStream(bytes)
    {
        private int next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(sizes[next++ % sizes.Length], buffer.Length)], cancellationToken);
    }
}
