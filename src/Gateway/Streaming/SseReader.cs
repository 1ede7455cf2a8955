using System.Buffers;

namespace Tollgate.Streaming;

/// <summary>
/// Splits a byte stream into server-sent events, without copying where an event has one data line.
/// Takes LF, CRLF and CR line ends, a byte order mark, comments, events split anywhere over reads.
/// Rules: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream.
/// One reader per stream; not thread-safe. Memory is the largest event so far, at most <c>maxEventBytes</c>.
/// </summary>
internal sealed class SseReader(Stream stream, int maxEventBytes = SseReader.DefaultMaxEventBytes) : IDisposable
{
    public const int DefaultMaxEventBytes = 16 * 1024 * 1024;

    private const int InitialBytes = 8 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private byte[]? joinedData;

    // Everything below is a position in the buffer: [eventStart, end) is unread, [.., lineStart) is parsed, [.., scanned) holds no line end.
    private int eventStart;
    private int lineStart;
    private int scanned;
    private int end;
    private Range type;
    private Range data;
    private int dataLines;
    private bool skipLineFeed;
    private bool atStart = true;
    private bool closed;

    /// <summary>Reads more bytes.</summary>
    /// <returns>False when the stream has ended; what an ended stream left unfinished is then given out by <see cref="TryRead"/> once.</returns>
    /// <exception cref="InvalidDataException">An event is longer than the limit.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken) => Accept(await StartRead(cancellationToken));

    /// <summary>The two halves of <see cref="FillAsync"/>, for a relay that cannot spare a state machine for each read: what this returns goes to <see cref="Accept"/>.</summary>
    /// <exception cref="InvalidDataException">An event is longer than the limit.</exception>
    public ValueTask<int> StartRead(CancellationToken cancellationToken)
    {
        MakeRoom();
        return stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
    }

    /// <summary>Takes over what was read.</summary>
    /// <returns>False when the stream has ended.</returns>
    public bool Accept(int count)
    {
        end += count;
        closed = count == 0;
        return !closed;
    }

    /// <summary>Takes the next whole event out of what was read. It is valid until the next call of any method.</summary>
    public bool TryRead(out SseEvent found)
    {
        SkipByteOrderMark();
        while (true)
        {
            if (skipLineFeed && lineStart < end)
            {
                SkipLineFeed();
            }
            var length = buffer.AsSpan(scanned, end - scanned).IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                scanned = end;
                return TryReadLast(out found);
            }
            var lineEnd = scanned + length;
            skipLineFeed = buffer[lineEnd] == '\r';
            var line = lineStart..lineEnd;
            lineStart = scanned = lineEnd + 1;
            if (line.Start.Value == lineEnd)
            {
                if (skipLineFeed && lineStart < end)
                {
                    SkipLineFeed();
                }
                found = Take();
                return true;
            }
            ReadLine(line);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        if (joinedData is not null)
        {
            ArrayPool<byte>.Shared.Return(joinedData);
            joinedData = null;
        }
    }

    /// <summary>At the end of the stream a last event may lack its blank line; it is read as if it were there.</summary>
    private bool TryReadLast(out SseEvent found)
    {
        found = default;
        if (!closed || eventStart == end)
        {
            return false;
        }
        if (lineStart < end)
        {
            ReadLine(lineStart..end);
            lineStart = end;
        }
        found = Take();
        return true;
    }

    /// <summary>The line feed of a CRLF whose CR ended the line already. Before an event's first line it belongs to none.</summary>
    private void SkipLineFeed()
    {
        skipLineFeed = false;
        if (buffer[lineStart] != '\n')
        {
            return;
        }
        if (eventStart == lineStart)
        {
            eventStart++;
        }
        scanned = ++lineStart;
    }

    private SseEvent Take()
    {
        var taken = new SseEvent(
            buffer.AsSpan(eventStart, lineStart - eventStart),
            buffer.AsSpan(type),
            dataLines > 1 ? joinedData.AsSpan(data) : buffer.AsSpan(data),
            dataLines > 0);
        eventStart = scanned = lineStart;
        type = data = default;
        dataLines = 0;
        return taken;
    }

    private void ReadLine(Range line)
    {
        var bytes = buffer.AsSpan(line);
        if (bytes.StartsWith("data"u8) && (bytes.Length == 4 || bytes[4] == ':'))
        {
            AddData(ValueOf(line, 4));
        }
        else if (bytes.StartsWith("event"u8) && (bytes.Length == 5 || bytes[5] == ':'))
        {
            type = ValueOf(line, 5);
        }
    }

    private Range ValueOf(Range line, int nameLength)
    {
        var start = Math.Min(line.Start.Value + nameLength + 1, line.End.Value);
        return (start < line.End.Value && buffer[start] == ' ' ? start + 1 : start)..line.End;
    }

    private void AddData(Range value)
    {
        if (++dataLines == 1)
        {
            data = value;
            return;
        }
        var before = dataLines == 2 ? buffer.AsSpan(data) : joinedData.AsSpan(data);
        var added = buffer.AsSpan(value);
        var joined = ArrayPool<byte>.Shared.Rent(before.Length + 1 + added.Length);
        before.CopyTo(joined);
        joined[before.Length] = (byte)'\n';
        added.CopyTo(joined.AsSpan(before.Length + 1));
        if (joinedData is not null)
        {
            ArrayPool<byte>.Shared.Return(joinedData);
        }
        joinedData = joined;
        data = 0..(before.Length + 1 + added.Length);
    }

    private void SkipByteOrderMark()
    {
        if (atStart && end - eventStart >= 3)
        {
            atStart = false;
            if (buffer.AsSpan(eventStart, 3).SequenceEqual("\uFEFF"u8))
            {
                eventStart = lineStart = scanned = eventStart + 3;
            }
        }
    }

    private void MakeRoom()
    {
        if (eventStart == end)
        {
            eventStart = lineStart = scanned = end = 0;
            return;
        }
        if (end < buffer.Length)
        {
            return;
        }
        var unread = end - eventStart;
        if (unread >= maxEventBytes)
        {
            throw new InvalidDataException("The upstream sent an event longer than the limit.");
        }
        var target = unread > buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(buffer.Length * 2) : buffer;
        buffer.AsSpan(eventStart, unread).CopyTo(target);
        if (target != buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = target;
        }
        Shift(-eventStart);
    }

    private void Shift(int by)
    {
        eventStart += by;
        lineStart += by;
        scanned += by;
        end += by;
        type = Moved(type, by);
        data = dataLines == 1 ? Moved(data, by) : data;
    }

    private static Range Moved(Range range, int by) => range.Equals(default) ? range : (range.Start.Value + by)..(range.End.Value + by);
}

/// <summary>One server-sent event, valid until its reader moves on.</summary>
/// <param name="raw">All bytes of the event, its blank line included.</param>
/// <param name="type">The <c>event:</c> field, empty where it has none.</param>
/// <param name="data">The <c>data:</c> field.</param>
/// <param name="hasData">False for comments and bare blank lines.</param>
internal readonly ref struct SseEvent(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data, bool hasData)
{
    public ReadOnlySpan<byte> Raw { get; } = raw;

    public ReadOnlySpan<byte> Type { get; } = type;

    public ReadOnlySpan<byte> Data { get; } = data;

    public bool HasData { get; } = hasData;
}
